-- grain: one row per bill month and way that its records came by: app, X number and mode
-- key: month, route_no
-- A month has as many as it has X numbers, roughly: their texts are made and stored
-- once, and a call holds a number instead. (Storing the three texts was half of making
-- the calls.)
with

routes as (
    select distinct month, delivered_app_key, x_packed, x_other, service_packed, is_block, service_other
    from staging.fee_records
    where month in (select month from raw.build_scope)
)

select
    month,
    cast(row_number() over (
        partition by month
        order by delivered_app_key, x_packed, x_other, service_packed, is_block, service_other
    ) as integer) as route_no,
    coalesce(nullif(delivered_app_key, ''), '(none)') as app_key,
    x_number_of(x_packed, x_other) as x_number,
    mode_of(service_packed, is_block, service_other) as mode,
    delivered_app_key,
    x_packed,
    x_other,
    service_packed,
    is_block,
    service_other
from routes
