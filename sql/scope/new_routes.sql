-- grain: one row per route that has no number yet
-- key: month, route_no
with

missing as (
    select month, delivered_app_key, x_packed, x_other, service_packed, is_block, service_other
    from records_to_make
    except
    select month, app_key, x_packed, x_other, service_packed, is_block, service_other
    from raw.routes
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
