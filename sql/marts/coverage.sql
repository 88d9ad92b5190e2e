-- grain: one row per hour, from the first known to the last
-- key: month, hour_at
-- stored: whole
-- hole: nothing came although something should have: the same hour of the last
-- four weeks is busy, or events tell of calls and not one record came. suspect:
-- calls without a record, or less than half of what the weeks before had.
with

hours as (
    select hour_at, sum(cdr_count) as cdr_count, sum(body_count) as body_count, sum(event_count) as event_count, sum(lost_count) as lost_count
    from rated.hour_counts
    group by hour_at
),

spans as (
    select month_of(hour_at) as month, min(hour_at) as first_hour_at, max(hour_at) as last_hour_at
    from hours
    group by month_of(hour_at)
),

-- Months between the first and the last known are known to their last hour, and
-- so is the last one when it is over: records that stop before its end are missing.
known as (
    select
        min(spans.first_hour_at) as first_hour_at,
        max(case
            when spans.month < settings.current_month then spans.month + interval 1 month - interval 1 hour
            else spans.last_hour_at
        end) as last_hour_at
    from spans
    cross join staging.settings as settings
),

listed as (
    select
        spans.month,
        spans.month + to_hours(month_hours.hour_no) as hour_at
    from spans
    cross join known
    cross join seeds.month_hours as month_hours
    where spans.month + to_hours(month_hours.hour_no) < spans.month + interval 1 month
        and spans.month + to_hours(month_hours.hour_no) between known.first_hour_at and known.last_hour_at
),

weeks_before as (
    select
        hours.hour_at + to_days(weeks.day_count) as hour_at,
        count(*) as week_count,
        whole_share(sum(hours.cdr_count), 1, count(*)) as usual_cdr_count
    from hours
    cross join (values (7), (14), (21), (28)) as weeks (day_count)
    group by hours.hour_at + to_days(weeks.day_count)
),

judged as (
    select
        listed.month,
        listed.hour_at,
        coalesce(hours.body_count, 0) as bodies,
        coalesce(hours.cdr_count, 0) as cdrs,
        coalesce(hours.event_count, 0) as events,
        coalesce(hours.lost_count, 0) as sessions_without_cdr,
        case when weeks_before.week_count > 1 then weeks_before.usual_cdr_count end as usual_cdrs
    from listed
    left join hours
        on listed.hour_at = hours.hour_at
    left join weeks_before
        on listed.hour_at = weeks_before.hour_at
)

select
    month,
    hour_at,
    cast(bodies as bigint) as bodies,
    cast(cdrs as bigint) as cdrs,
    cast(events as bigint) as events,
    cast(sessions_without_cdr as bigint) as sessions_without_cdr,
    cast(usual_cdrs as bigint) as usual_cdrs,
    case
        when cdrs = 0 and sessions_without_cdr > 1 then 'hole'
        when cdrs = 0 and usual_cdrs >= 10 then 'hole'
        when sessions_without_cdr > 0 then 'suspect'
        when usual_cdrs >= 20 and cdrs * 2 < usual_cdrs then 'suspect'
        else 'complete'
    end as status
from judged
