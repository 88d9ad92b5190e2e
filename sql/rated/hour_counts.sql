-- grain: one row per bill month of its records and hour
-- key: month, hour_at
-- made by: day of hour_at
-- What came of every hour, and what could move a minute between the hours: a
-- call counts in the hour of its end and, in the columns that say so, in that of its
-- answer, which can lie in the month before. What has no time has no hour; asked of the
-- hours themselves, DuckDB would work them out twice.
with

counted as (
    select
        month,
        date_trunc('hour', last_known_at) as hour_at,
        count(*) as cdr_count,
        sum(case when outcome = outcome_word('answered') then started_units(duration_s, 60) else 0 end) as end_min,
        sum(case when duration_s = 0 then 1 else 0 end) as end_zero_count,
        0 as answer_min, 0 as answer_zero_count,
        0 as answered_count, 0 as duration_s,
        0 as body_count, 0 as event_count, 0 as message_count, 0 as lost_count, 0 as lost_min,
        0 as conflict_more_min, 0 as conflict_less_min,
        sum(case when outcome = outcome_word('answered') then 1 else 0 end) as end_answered_count,
        sum(case when outcome = outcome_word('answered') then duration_s else 0 end) as end_duration_s
    from calls.calls
    where outcome <> outcome_word('other_product') and month > undated() and last_known_at >= made_from()
    group by month, date_trunc('hour', last_known_at)
    union all
    select
        month, date_trunc('hour', seconds_before(last_known_at, duration_s)), 0, 0, 0,
        sum(started_units(duration_s, 60)), sum(case when duration_s = 0 then 1 else 0 end),
        count(*), sum(duration_s),
        0, 0, 0, 0, 0, 0, 0, 0, 0
    from calls.calls
    where outcome = outcome_word('answered') and month > undated() and can_count(last_known_at)
    group by month, date_trunc('hour', seconds_before(last_known_at, duration_s))
    union all
    select month, date_trunc('hour', last_known_at), 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0, 0, 0, 0, 0, 0, 0
    from staging.fee_records
    where record_no = 1 and month > undated() and last_known_at is not null
    group by month, date_trunc('hour', last_known_at)
    union all
    select month, date_trunc('hour', event_at), 0, 0, 0, 0, 0, 0, 0, count(*), count(*), 0, 0, 0, 0, 0, 0, 0
    from staging.events
    where month > undated() and event_at is not null
    group by month, date_trunc('hour', event_at)
    union all
    select month, date_trunc('hour', sent_at), 0, 0, 0, 0, 0, 0, 0, sum(copy_count), 0, count(*), 0, 0, 0, 0, 0, 0
    from calls.messages
    where month > undated() and sent_at is not null
    group by month, date_trunc('hour', sent_at)
    union all
    -- Calls that events tell of and no record does, with the minutes they say.
    select
        month, date_trunc('hour', coalesce(ended_at, last_event_at)), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        count(*),
        sum(case when answered_at is not null and ended_at > answered_at then started_units(seconds_between(answered_at, ended_at), 60) else 0 end),
        0, 0, 0, 0
    from calls.sessions
    where not has_record and (is_disconnected or answered_at is not null) and month > undated()
        and coalesce(ended_at, last_event_at) is not null
    group by month, date_trunc('hour', coalesce(ended_at, last_event_at))
    union all
    -- Minutes that another version of a disputed record would add or take.
    select
        month, date_trunc('hour', ended_at), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        sum(greatest(0, widest_min - kept_min)), sum(greatest(0, kept_min - narrowest_min)), 0, 0
    from calls.conflicts
    where month > undated() and ended_at is not null
    group by month, date_trunc('hour', ended_at)
)

select
    month,
    hour_at,
    cast(sum(cdr_count) as bigint) as cdr_count,
    cast(sum(end_min) as bigint) as end_min,
    cast(sum(end_zero_count) as bigint) as end_zero_count,
    cast(sum(answer_min) as bigint) as answer_min,
    cast(sum(answer_zero_count) as bigint) as answer_zero_count,
    cast(sum(answered_count) as bigint) as answered_count,
    cast(sum(duration_s) as bigint) as duration_s,
    cast(sum(body_count) as bigint) as body_count,
    cast(sum(event_count) as bigint) as event_count,
    cast(sum(message_count) as bigint) as message_count,
    cast(sum(lost_count) as bigint) as lost_count,
    cast(sum(lost_min) as bigint) as lost_min,
    cast(sum(conflict_more_min) as bigint) as conflict_more_min,
    cast(sum(conflict_less_min) as bigint) as conflict_less_min,
    cast(sum(end_answered_count) as bigint) as end_answered_count,
    cast(sum(end_duration_s) as bigint) as end_duration_s
from counted
group by month, hour_at
