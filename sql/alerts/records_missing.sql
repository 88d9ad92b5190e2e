-- Hours without any record although there should be some, of the last seven
-- days known; a day of them is one alert.
with

known as (select max(hour_at) as last_hour_at from marts.coverage where month > undated())

select
    'records_missing' as rule, '' as subject, cast(cast(coverage.hour_at as date) as varchar) as bucket,
    month_of(min(coverage.hour_at)) as month, min(coverage.hour_at) as since_at, null as cost_cny,
    cast(cast(coverage.hour_at as date) as varchar) || '：' || count(*) || ' 小时没有话单' as detail_zh,
    cast(cast(coverage.hour_at as date) as varchar) || ': hours without a record: ' || count(*) as detail_en
from marts.coverage as coverage
cross join known
where coverage.status = 'hole'
    and coverage.hour_at > known.last_hour_at - interval 7 day
group by cast(coverage.hour_at as date)
