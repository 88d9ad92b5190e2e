-- grain: one row per bill month of its records, day, app, product and release code
-- key: month, date, app_key, is_other_product, release_code
-- What alerts ask of the days, so that they need not read the calls of all months. A
-- call without any time has none, and a code that was not given is empty.
select
    calls.month,
    cast(calls.last_known_at as date) as date,
    routes.app_key,
    calls.outcome = outcome_word('other_product') as is_other_product,
    coalesce(cast(calls.release_code as varchar), '') as release_code,
    count(*) as call_count,
    max(calls.last_known_at) as last_known_at
from calls.calls as calls
inner join identity.routes as routes
    on calls.month = routes.month
    and calls.route_no = routes.route_no
where calls.last_known_at is not null
group by calls.month, cast(calls.last_known_at as date), routes.app_key, calls.outcome = outcome_word('other_product'), calls.release_code
