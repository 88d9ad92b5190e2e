-- grain: one row per privacy-number call, with its minutes and settlement hour
-- key: call_id
-- made by: month
-- stored: view
-- proved by: calls.calls, whose calls these are; joined by proved keys
-- A started minute counts in full, per call; no answer, no minutes. Only the
-- platform's leg to the callee is charged, so both legs are one charge
-- (price page; FAQ on how the call fee is computed). A call belongs to the
-- month it is settled in: that of its end, or of its answer (settle_by).
with

privatenumber_calls as (
    select
        calls.call_id,
        calls.settled_month as month,
        calls.app_key,
        calls.x_number,
        coalesce(numbers.number_kind, guessed_number_kind(calls.x_number)) as number_kind,
        calls.mode,
        calls.outcome = 'answered' as is_answered,
        coalesce(calls.duration_s, 0) as duration_s,
        case
            when calls.duration_s is null then 0
            when calls.duration_s = 0 then settings.zero_second_min
            else started_units(calls.duration_s, 60)
        end as billed_min,
        coalesce(
            case when settings.settle_by = 'answer' then seconds_before(calls.last_known_at, calls.duration_s) end,
            calls.last_known_at,
            timestamp '1970-01-01'
        ) as settled_at
    from calls.calls as calls
    left join staging.numbers as numbers
        on calls.x_number = numbers.x_number
    cross join staging.settings as settings
    where calls.outcome <> 'other_product'
)

select
    call_id,
    app_key,
    x_number,
    number_kind,
    mode,
    is_answered,
    duration_s,
    cast(billed_min as integer) as billed_min,
    month,
    settled_at,
    date_trunc('hour', settled_at) as hour_at
from privatenumber_calls
