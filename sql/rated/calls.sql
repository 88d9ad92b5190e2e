-- grain: one row per privacy-number call, with its minutes and list charge
-- key: call_id
-- stored: view
-- A started minute counts in full, per call; no answer, no minutes. Only the
-- platform's leg to the callee is charged, so both legs are one charge
-- (price page; FAQ on how the call fee is computed).
with

privatenumber_calls as (
    select
        calls.call_id,
        calls.month,
        calls.app_key,
        calls.x_number,
        calls.mode,
        calls.outcome = 'answered' as is_answered,
        calls.duration_s,
        case
            when calls.duration_s is null then 0
            when calls.duration_s = 0 then settings.zero_second_min
            else started_units(calls.duration_s, 60)
        end as billed_min,
        case
            when settings.settle_by = 'answer' and calls.answered_at is not null then calls.answered_at
            else calls.last_known_at
        end as settled_at
    from calls.calls as calls
    cross join staging.settings as settings
    where calls.outcome <> 'other_product'
),

call_prices as (
    select price_cny, valid_from_at, valid_to_at
    from seeds.prices
    where item = 'call'
)

select
    rated.call_id,
    rated.app_key,
    rated.x_number,
    rated.mode,
    rated.is_answered,
    coalesce(rated.duration_s, 0) as duration_s,
    cast(rated.billed_min as integer) as billed_min,
    prices.price_cny as price_cny_per_min,
    cast(rated.billed_min * prices.price_cny as decimal(18, 8)) as list_charge_cny,
    rated.month,
    date_trunc('hour', coalesce(rated.settled_at, timestamp '1970-01-01')) as hour_at
from privatenumber_calls as rated
left join call_prices as prices
    on coalesce(rated.settled_at, timestamp '2000-01-01') >= prices.valid_from_at
    and coalesce(rated.settled_at, timestamp '2000-01-01') < prices.valid_to_at
