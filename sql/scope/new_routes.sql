-- grain: one row per route that has no number yet
-- key: month, route_no
with

found as (
    select distinct month, delivered_app_key, x_packed, x_other, service_packed, is_block, service_other
    from records_to_make
),

missing as (
    select found.*
    from found
    left join raw.routes as known
        on found.month = known.month
        and found.delivered_app_key is not distinct from known.app_key
        and found.x_packed is not distinct from known.x_packed
        and found.x_other is not distinct from known.x_other
        and found.service_packed is not distinct from known.service_packed
        and found.is_block is not distinct from known.is_block
        and found.service_other is not distinct from known.service_other
    where known.route_no is null
)

select
    missing.month,
    cast(coalesce(given.last_no, 0) + row_number() over (
        partition by missing.month
        order by delivered_app_key, x_packed, x_other, service_packed, is_block, service_other
    ) as integer) as route_no,
    missing.delivered_app_key as app_key,
    missing.x_packed,
    missing.x_other,
    missing.service_packed,
    missing.is_block,
    missing.service_other
from missing
left join (
    select month, max(route_no) as last_no
    from raw.routes
    group by month
) as given
    on missing.month = given.month
