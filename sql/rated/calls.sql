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
        routes.app_key,
        routes.x_number,
        routes.number_kind,
        routes.mode,
        routes.class_no,
        calls.month as route_month,
        calls.route_no,
        calls.last_known_at,
        calls.outcome = outcome_word('answered') as is_answered,
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
    -- Each call has one, as the keys of all that is summed by app prove. (An inner join
    -- with a table not yet committed would be planned as if nothing came of it.)
    left join classed.routes as routes
        on calls.month = routes.month
        and calls.route_no = routes.route_no
    cross join staging.settings as settings
    where calls.outcome <> outcome_word('other_product')
)

select
    call_id,
    app_key,
    x_number,
    number_kind,
    mode,
    class_no,
    route_month,
    route_no,
    is_answered,
    duration_s,
    cast(billed_min as integer) as billed_min,
    month,
    last_known_at,
    settled_at,
    date_trunc('hour', settled_at) as hour_at
from privatenumber_calls
