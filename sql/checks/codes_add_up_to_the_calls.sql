-- Unlisted codes are counted, so the codes of an app add up to its calls; and no call
-- is without an app.
select counted.month, counted.app_key, counted.call_count, codes.call_count as code_count
from (
    select by_route.month, routes.app_key, sum(by_route.call_count) as call_count
    from (
        select month, route_no, count(*) as call_count
        from calls.calls
        where outcome <> outcome_word('other_product')
            and month in (select month from raw.build_scope)
        group by month, route_no
    ) as by_route
    left join identity.routes as routes
        on by_route.month = routes.month
        and by_route.route_no = routes.route_no
    group by by_route.month, routes.app_key
) as counted
left join (
    select month, app_key, sum(call_count) as call_count
    from marts.calls_by_release_code
    group by month, app_key
) as codes
    on counted.month = codes.month
    and counted.app_key = codes.app_key
where counted.call_count <> coalesce(codes.call_count, 0)
