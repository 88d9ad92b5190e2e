-- grain: one row per route of a bill month, with the class that one price holds for
-- key: month, route_no
-- stored: whole
-- changes with: routes, numbers
-- A price goes by app, mode and number kind, so routes that have all three in common
-- are one class: a number where calls are joined and summed by it, since three texts
-- cost several times as much; so have apps one. Both are numbered over all months.
with

kinds as (
    select
        routes.month, routes.route_no, routes.app_key, routes.x_number, routes.mode,
        coalesce(numbers.number_kind, guessed_number_kind(routes.x_number)) as number_kind
    from identity.routes as routes
    left join staging.numbers as numbers
        on routes.x_number = numbers.x_number
)

select
    month,
    route_no,
    app_key,
    x_number,
    mode,
    number_kind,
    cast(dense_rank() over (order by app_key) as integer) as app_no,
    cast(dense_rank() over (order by app_key, mode, number_kind) as integer) as class_no
from kinds
