-- grain: one row per bill month of its records, app, outcome and codes
-- key: month, app_key, outcome, release_code, q850_code, sip_code
-- What the breakdowns by code and the qualities of an app add up: the calls are
-- read once for all of them. A code that was not given is empty.
with

by_route as (
    select
        month, route_no, outcome, release_code, q850_code, sip_code,
        count(*) as call_count,
        sum(duration_s) as duration_s,
        sum(pdd_s) as pdd_s,
        count(pdd_s) as rung_count,
        count(case when duration_s < 10 then 1 end) as short_call_count,
        sum(started_units(duration_s, 60) * 60 - duration_s) as rounded_up_s
    from calls.calls
    where outcome <> outcome_word('other_product')
    group by month, route_no, outcome, release_code, q850_code, sip_code
)

select
    by_route.month,
    routes.app_key,
    cast(by_route.outcome as varchar) as outcome,
    coalesce(cast(by_route.release_code as varchar), '') as release_code,
    coalesce(cast(by_route.q850_code as varchar), '') as q850_code,
    coalesce(cast(by_route.sip_code as varchar), '') as sip_code,
    cast(sum(by_route.call_count) as bigint) as call_count,
    cast(coalesce(sum(by_route.duration_s), 0) as bigint) as duration_s,
    cast(coalesce(sum(by_route.pdd_s), 0) as bigint) as pdd_s,
    cast(sum(by_route.rung_count) as bigint) as rung_count,
    cast(sum(by_route.short_call_count) as bigint) as short_call_count,
    cast(coalesce(sum(by_route.rounded_up_s), 0) as bigint) as rounded_up_s
from by_route
inner join identity.routes as routes
    on by_route.month = routes.month
    and by_route.route_no = routes.route_no
group by by_route.month, routes.app_key, by_route.outcome, by_route.release_code, by_route.q850_code, by_route.sip_code
