-- grain: one row per app and bill month
-- key: month, app_key
-- A recording lies with the vendor for 7 days; under 3 s there is no file.
-- "Now" is the last call known, so that the same data gives the same report.
with

last_call as (
    select max(last_known_at) as known_until_at from rated.outcome_counts where outcome <> 'other_product'
),

by_route as (
    select
        calls.month, calls.route_no,
        count(*) as recorded_count,
        count(case when coalesce(calls.duration_s, 0) < 3 then 1 end) as too_short_count,
        count(case
            when calls.duration_s >= 3
                and calls.last_known_at >= last_call.known_until_at - interval 7 day
                and calls.last_known_at < last_call.known_until_at - interval 5 day then 1
        end) as expiring_count,
        count(case
            when calls.duration_s >= 3
                and calls.last_known_at < last_call.known_until_at - interval 7 day then 1
        end) as expired_count
    from calls.calls as calls
    cross join last_call
    where calls.is_recorded and calls.outcome <> outcome_word('other_product')
    group by calls.month, calls.route_no
)

select
    by_route.month,
    routes.app_key,
    cast(sum(by_route.recorded_count) as bigint) as recorded_count,
    cast(sum(by_route.too_short_count) as bigint) as too_short_count,
    cast(sum(by_route.expiring_count) as bigint) as expiring_count,
    cast(sum(by_route.expired_count) as bigint) as expired_count
from by_route
inner join identity.routes as routes
    on by_route.month = routes.month
    and by_route.route_no = routes.route_no
group by by_route.month, routes.app_key
