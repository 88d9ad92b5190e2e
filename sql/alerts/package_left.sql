-- A package that ends within the days set and of which more than the percentage
-- set will lapse. The cost is that part of its price. It lies ahead: since when is
-- the day it was first seen.
with

known as (select cast(max(hour_at) as date) as today from metered.usage where month > undated())

select
    'package_left' as rule, packages.package_id as subject, packages.item as bucket,
    packages.month, null as since_at,
    cast(packages.price_cny * packages.forecast_lapsing / packages.bought as decimal(18, 2)) as cost_cny,
    '剩余 ' || packages.left || '（共 ' || packages.bought || '），按近期用量将作废 ' || packages.forecast_lapsing
    || '，' || cast(packages.ends_at as date) || ' 到期' as detail_zh,
    packages.left || ' of ' || packages.bought || ' left, ' || packages.forecast_lapsing
    || ' will lapse at the pace of late; ends on ' || cast(packages.ends_at as date) as detail_en
from marts.packages as packages
cross join known
where packages.month = month_of(known.today)
    and packages.status = 'active'
    and cast(packages.ends_at as date) <= known.today + getvariable('alert_package_days')
    and packages.forecast_lapsing * 100 > packages.bought * getvariable('alert_package_left_pct')
