-- All packages of an item together are nearly empty, or will be within the days
-- set and before the last of them ends. One that follows another is no alert. The cost
-- is what the pace of the month takes from then to the end, paid per use. It lies
-- ahead: since when is the day it was first seen.
with

known as (select cast(max(hour_at) as date) as today from metered.usage where month > undated()),

held as (
    select
        packages.item, packages.month, known.today,
        max(packages.package_id) as package_id,
        sum(packages.bought) as bought,
        sum(packages.left) as left_over,
        sum(packages.used) as used,
        sum(packages.used_before + packages.used) as used_ever,
        sum(packages.value_used_cny) as value_used_cny,
        max(packages.forecast_empty_date) as empty_date,
        count(case when packages.left > 0 and packages.forecast_empty_date is null then 1 end) as lasting_count,
        cast(max(packages.ends_at) as date) as end_date
    from marts.packages as packages
    cross join known
    where packages.month = month_of(known.today) and cast(packages.ends_at as date) > known.today
    group by packages.item, packages.month, known.today
)

select
    'package_runs_out' as rule, item as subject, cast(end_date as varchar) as bucket,
    month, null as since_at,
    cast(value_used_cny * used * date_diff('day', coalesce(empty_date, today), end_date)
        / (used_ever * (date_diff('day', month, today) + 1)) as decimal(18, 2)) as cost_cny,
    '剩余 ' || left_over || '（共 ' || bought || '），' || case when left_over = 0 then '已用完' else coalesce('按近期用量 ' || empty_date || ' 用完', '所剩不多') end
    || '，' || end_date || ' 才到期；此后按量付费' as detail_zh,
    left_over || ' of ' || bought || ' left, ' || case when left_over = 0 then 'used up' else coalesce('empty on ' || empty_date || ' at the pace of late', 'not much') end
    || ', ends on ' || end_date || '; what follows is paid per use' as detail_en
from held
where used_ever > 0
    and lasting_count = 0
    and coalesce(empty_date, today) < end_date
    and (
        left_over * 100 <= bought * getvariable('alert_package_left_pct')
        or empty_date <= today + getvariable('alert_package_days')
    )
