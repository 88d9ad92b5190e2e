-- grain: one row per session and month over the edge of what is about to be pruned
-- key: session_id, old_month
-- Its events go where its record is, or else its last event: a session of which
-- one half is gone would tell of a call without an answer, or without a record.
with

sides as (
    select session_id, month, false as is_record from raw.events where session_id <> ''
    union all
    select session_id, month, true from raw.fee_records where session_id <> ''
),

goals as (
    select session_id, coalesce(max(case when is_record then month end), max(month)) as month
    from sides
    where month > undated()
    group by session_id
    having max(case when month in (select month from pruning) then 1 else 0 end) = 1
        and min(case when month in (select month from pruning) then 1 else 0 end) = 0
)

select goals.session_id, events.month as old_month, goals.month
from goals
inner join (select distinct session_id, month from raw.events where month > undated()) as events
    on goals.session_id = events.session_id
    and goals.month <> events.month
