-- The cheapest way to buy a year of minutes at the pace of the last months.
select
    package_count,
    package_min,
    package_sms,
    cast(price_cny as varchar) as price_cny,
    day_count,
    year_min,
    cast(year_cost_cny as varchar) as year_cost_cny,
    cast(year_saving_cny as varchar) as year_saving_cny
from marts.package_advice
where month = cast($1 as date) and is_cheapest
