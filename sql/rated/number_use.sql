-- grain: one row per X number, app and bill month of use
-- key: month, x_number, app_key
-- In use is a number that a call reached or a message was sent over, charged
-- or not. A call counts in the month it is settled in, so that the number pays
-- rent where its calls are charged.
with

route_use as (
    select
        settled_month, month, route_no,
        count(*) as call_count, min(last_known_at) as first_used_at, max(last_known_at) as last_used_at
    from calls.calls
    where outcome <> outcome_word('other_product')
    group by settled_month, month, route_no
),

used as (
    select
        route_use.settled_month as month, routes.x_number, routes.app_key,
        route_use.call_count, 0 as message_count, route_use.first_used_at, route_use.last_used_at
    from route_use
    inner join identity.routes as routes
        on route_use.month = routes.month
        and route_use.route_no = routes.route_no
    union all
    select month, x_number, app_key, 0, count(*), min(sent_at), max(sent_at)
    from calls.messages
    group by month, x_number, app_key
)

select
    month,
    x_number,
    app_key,
    cast(sum(call_count) as bigint) as call_count,
    cast(sum(message_count) as bigint) as message_count,
    min(first_used_at) as first_used_at,
    max(last_used_at) as last_used_at
from used
group by month, x_number, app_key
