-- The packages in force in the month, with what is left of each at its end.
select
    package_id,
    item,
    bought,
    used_before,
    used as used_in_month,
    "left" as left_over,
    strftime(ends_at, '%Y-%m-%d %H:%M:%S') as ends_at,
    coalesce(cast(price_cny as varchar), '') as price_cny,
    coalesce(strftime(forecast_empty_date, '%Y-%m-%d'), '') as forecast_empty_date,
    forecast_lapsing,
    pace_days,
    status
from marts.packages
where month = cast($1 as date)
order by marts.packages.ends_at, package_id, item
