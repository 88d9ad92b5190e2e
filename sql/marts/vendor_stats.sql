-- grain: one row per day of the console's statistics
-- key: month, date
-- The vendor's own count beside ours, an independent control: it rests on no
-- callback and on no bill.
with

ours as (
    select
        cast(hour_at as date) as date,
        sum(cdr_count) as call_count,
        sum(end_answered_count) as answered_count,
        sum(end_duration_s) as duration_s
    from rated.hour_counts
    group by cast(hour_at as date)
)

select
    stats.month,
    stats.date,
    cast(coalesce(ours.call_count, 0) as bigint) as ours_call_count,
    stats.call_count as vendor_call_count,
    cast(stats.call_count - coalesce(ours.call_count, 0) as bigint) as diff_call_count,
    cast(coalesce(ours.answered_count, 0) as bigint) as ours_answered_count,
    stats.answered_count as vendor_answered_count,
    cast(stats.answered_count - coalesce(ours.answered_count, 0) as bigint) as diff_answered_count,
    cast(coalesce(ours.duration_s, 0) as bigint) as ours_duration_s,
    stats.duration_s as vendor_duration_s,
    cast(stats.duration_s - coalesce(ours.duration_s, 0) as bigint) as diff_duration_s,
    case
        when stats.call_count = coalesce(ours.call_count, 0)
            and stats.answered_count = coalesce(ours.answered_count, 0)
            and stats.duration_s = coalesce(ours.duration_s, 0) then 'matched'
        when stats.call_count > coalesce(ours.call_count, 0) then 'missing_here'
        when stats.call_count < coalesce(ours.call_count, 0) then 'extra_here'
        else 'differs'
    end as status
from staging.vendor_stats as stats
left join ours
    on stats.date = ours.date
