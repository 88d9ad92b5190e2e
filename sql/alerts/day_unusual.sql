-- A day that is over, of the last 31 known, whose cost or minutes stand far
-- above the app's own last four same weekdays: above their median by more than
-- so many spreads. The spread is the median distance from the median, but at least a
-- tenth of the median, so that an even app is not called unusual for a trifle.
-- A weekday without a call counts as 0, but days before the app's first do not,
-- and fewer than three weekdays tell nothing. Medians of whole fen and minutes
-- are whole or half, which a double holds exactly.
with

days as (
    select month, date, app_key, billed_min, cast(total_cny * 100 as bigint) as fen
    from marts.charges_by_app_day
    where month > undated()
),

firsts as (select app_key, min(date) as first_date from days group by app_key),

known as (select max(date) as last_date from days),

weeks as (
    select
        days.month, days.date, days.app_key, days.billed_min, days.fen,
        coalesce(before.billed_min, 0) as usual_min, coalesce(before.fen, 0) as usual_fen
    from days
    cross join known
    cross join (values (7), (14), (21), (28)) as back (day_count)
    inner join firsts
        on days.app_key = firsts.app_key
        and days.date - back.day_count >= firsts.first_date
    left join days as before
        on days.app_key = before.app_key
        and before.date = days.date - back.day_count
    where days.date > known.last_date - 31
        and days.date < cast(getvariable('alert_now') as date)
),

medians as (
    select app_key, date, median(usual_min) as median_min, median(usual_fen) as median_fen
    from weeks
    group by app_key, date
    having count(*) >= 3
),

spreads as (
    select
        weeks.month, weeks.date, weeks.app_key, weeks.billed_min, weeks.fen, medians.median_min, medians.median_fen,
        greatest(median(abs(weeks.usual_min - medians.median_min)), medians.median_min / 10) as spread_min,
        greatest(median(abs(weeks.usual_fen - medians.median_fen)), medians.median_fen / 10) as spread_fen
    from weeks
    inner join medians
        on weeks.app_key = medians.app_key
        and weeks.date = medians.date
    group by weeks.month, weeks.date, weeks.app_key, weeks.billed_min, weeks.fen, medians.median_min, medians.median_fen
)

select
    'day_unusual' as rule, app_key as subject, cast(date as varchar) as bucket,
    month, cast(date as timestamp) as since_at,
    fen_to_cny(greatest(0, fen - cast(floor(median_fen) as bigint))) as cost_cny,
    strftime(date, '%m-%d') || '：' || billed_min || ' 分钟、' || fen_to_cny(fen) || ' 元；前四个同星期日的中位数为 '
    || cast(floor(median_min) as bigint) || ' 分钟、' || fen_to_cny(cast(floor(median_fen) as bigint)) || ' 元' as detail_zh,
    strftime(date, '%m-%d') || ': ' || billed_min || ' min, ' || fen_to_cny(fen) || ' CNY; the median of the same weekday before is '
    || cast(floor(median_min) as bigint) || ' min, ' || fen_to_cny(cast(floor(median_fen) as bigint)) || ' CNY' as detail_en
from spreads
where (
        billed_min > median_min + getvariable('alert_unusual_spreads') * spread_min
        and billed_min - median_min >= getvariable('alert_unusual_least_min')
    )
    or (
        fen > median_fen + getvariable('alert_unusual_spreads') * spread_fen
        and fen - median_fen >= getvariable('alert_unusual_least_cny') * 100
    )
