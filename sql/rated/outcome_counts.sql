-- grain: one row per bill month of its records, day, app, outcome and codes
-- key: month, date, app_key, outcome, release_code, q850_code, sip_code
-- made by: day of date
-- What the breakdowns by code, the qualities of an app and the alerts add up: the calls
-- are read once for all of them. A code that was not given is empty, a call without any
-- time is of the day that stands for none. Joined from the left, as calls.calls is.
with

by_app as (
    select
        calls.month, day_of(calls.last_known_at) as date, routes.app_no,
        calls.outcome, calls.release_code, calls.q850_code, calls.sip_code,
        count(*) as call_count,
        sum(calls.duration_s) as duration_s,
        sum(calls.pdd_s) as pdd_s,
        count(calls.pdd_s) as rung_count,
        count(case when calls.duration_s < 10 then 1 end) as short_call_count,
        sum(started_units(calls.duration_s, 60) * 60 - calls.duration_s) as rounded_up_s,
        max(calls.last_known_at) as last_known_at
    from calls.calls as calls
    left join classed.routes as routes
        on calls.month = routes.month
        and calls.route_no = routes.route_no
    where can_count(calls.last_known_at)
    group by calls.month, day_of(calls.last_known_at), routes.app_no,
        calls.outcome, calls.release_code, calls.q850_code, calls.sip_code
)

select
    by_app.month,
    by_app.date,
    apps.app_key,
    cast(by_app.outcome as varchar) as outcome,
    coalesce(cast(by_app.release_code as varchar), '') as release_code,
    coalesce(cast(by_app.q850_code as varchar), '') as q850_code,
    coalesce(cast(by_app.sip_code as varchar), '') as sip_code,
    by_app.call_count,
    cast(coalesce(by_app.duration_s, 0) as bigint) as duration_s,
    cast(coalesce(by_app.pdd_s, 0) as bigint) as pdd_s,
    by_app.rung_count,
    by_app.short_call_count,
    cast(coalesce(by_app.rounded_up_s, 0) as bigint) as rounded_up_s,
    by_app.last_known_at
from by_app
left join (select distinct app_no, app_key from classed.routes) as apps
    on by_app.app_no = apps.app_no
