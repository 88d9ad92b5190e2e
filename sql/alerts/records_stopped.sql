-- Nothing has come for the hours set, where jobs run by themselves: an archive
-- that is read by hand is as old as it is.
with

known as (select max(last_known_at) as until_at from rated.outcome_counts where month > undated()),

jobs as (
    select count(*) as run_count
    from raw.runs
    where status in ('running', 'done')
        and reason <> 'by hand'
        and reason <> ''
        and beijing(started_utc_at) > getvariable('alert_now') - interval 7 day
)

select
    'records_stopped' as rule, '' as subject, '' as bucket,
    month_of(known.until_at) as month, known.until_at as since_at, null as cost_cny,
    '此后没有话单' as detail_zh,
    'no record has come' as detail_en
from known
cross join jobs
where jobs.run_count > 0
    and known.until_at < getvariable('alert_now') - to_hours(getvariable('alert_silent_hours'))
