-- A release code of risk control (frequency, blocklists) or of bindings, on one
-- of the last three days known: at least the calls set, at least one in a
-- hundred of the app's day, and so many times its share of the app's 28 days
-- before, which must hold 100 calls to tell anything.
with

known as (
    select max(date) as last_date
    from rated.outcome_counts
    where month > undated() and outcome <> 'other_product'
),

-- The last three days and the 28 before each: not all of a history of years.
counted as (
    select app_key, date, try_cast(release_code as integer) as release_code, sum(call_count) as call_count
    from rated.outcome_counts
    where month > undated() and outcome <> 'other_product'
        and date > (select last_date from known) - 31
    group by app_key, date, release_code
),

totals as (
    select app_key, date, sum(call_count) as call_count from counted group by app_key, date
),

suspects as (
    select counted.app_key, counted.date, counted.release_code, counted.call_count, totals.call_count as day_count
    from counted
    cross join known
    inner join totals
        on counted.app_key = totals.app_key
        and counted.date = totals.date
    inner join seeds.release_codes as codes
        on counted.release_code = codes.release_code
    where counted.date > known.last_date - 3
        and (codes.owner_code = 'control' or codes.category_zh in ('管控', '绑定关系'))
        and counted.call_count >= getvariable('alert_control_least_calls')
        and counted.call_count * 100 >= totals.call_count
),

usual as (
    select
        suspects.app_key, suspects.date, suspects.release_code, suspects.call_count, suspects.day_count,
        sum(case when before.release_code = suspects.release_code then before.call_count else 0 end) as usual_count,
        sum(before.call_count) as usual_day_count
    from suspects
    inner join counted as before
        on suspects.app_key = before.app_key
        and before.date between suspects.date - 28 and suspects.date - 1
    group by suspects.app_key, suspects.date, suspects.release_code, suspects.call_count, suspects.day_count
)

select
    'control_codes' as rule, usual.app_key as subject, cast(usual.release_code as varchar) as bucket,
    month_of(max(usual.date)) as month, cast(min(usual.date) as timestamp) as since_at, null as cost_cny,
    '释放码 ' || usual.release_code || '（' || max(codes.meaning_zh) || '）：' || sum(usual.call_count) || ' 通，占 '
    || percent(sum(usual.call_count), sum(usual.day_count)) || '%，以往 ' || percent(sum(usual.usual_count), sum(usual.usual_day_count)) || '%' as detail_zh,
    'release code ' || usual.release_code || ' (' || max(codes.meaning_en) || '), calls: ' || sum(usual.call_count) || ', '
    || percent(sum(usual.call_count), sum(usual.day_count)) || ' % of them, usually ' || percent(sum(usual.usual_count), sum(usual.usual_day_count)) || ' %' as detail_en
from usual
inner join seeds.release_codes as codes
    on usual.release_code = codes.release_code
where usual.usual_day_count >= 100
    and usual.call_count * usual.usual_day_count >= getvariable('alert_control_times') * usual.usual_count * usual.day_count
group by usual.app_key, usual.release_code
