-- A day of an app above the limits set; 0 is no limit. Of the last 31 days known.
with

known as (select max(date) as last_date from marts.charges_by_app_day where month > undated())

select
    'day_over_limit' as rule, days.app_key as subject, cast(days.date as varchar) as bucket,
    days.month, cast(days.date as timestamp) as since_at, days.total_cny as cost_cny,
    strftime(days.date, '%m-%d') || '：' || days.billed_min || ' 分钟，' || days.total_cny || ' 元；上限 '
    || concat_ws('、',
        case when getvariable('alert_day_minutes') > 0 then getvariable('alert_day_minutes') || ' 分钟' end,
        case when getvariable('alert_day_cost_cny') > 0 then getvariable('alert_day_cost_cny') || ' 元' end) as detail_zh,
    strftime(days.date, '%m-%d') || ': ' || days.billed_min || ' min, ' || days.total_cny || ' CNY; the limit is '
    || concat_ws(', ',
        case when getvariable('alert_day_minutes') > 0 then getvariable('alert_day_minutes') || ' min' end,
        case when getvariable('alert_day_cost_cny') > 0 then getvariable('alert_day_cost_cny') || ' CNY' end) as detail_en
from marts.charges_by_app_day as days
cross join known
where days.date > known.last_date - 31
    and days.month > undated()
    and (
        getvariable('alert_day_cost_cny') > 0 and days.total_cny > getvariable('alert_day_cost_cny')
        or getvariable('alert_day_minutes') > 0 and days.billed_min > getvariable('alert_day_minutes')
    )
