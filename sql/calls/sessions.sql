-- grain: one row per call as its events tell it
-- key: month, session_id
-- A second source for how a call ended, and the only one for a call whose
-- record never came.
with

events as (
    select *
    from staging.events
    where month in (select month from raw.build_scope)
        and session_id is not null
),

records as (
    select session_id, count(*) as record_count
    from staging.fee_records
    where month in (select month from raw.build_scope)
        and session_id in (select session_id from events)
        and reject_reason is null
    group by session_id
),

by_session as (
    select
        session_id,
        max(month) as month,
        count(*) as event_count,
        min(event_at) as started_at,
        min(case when event_type = 'answer' then event_at end) as answered_at,
        max(case when event_type = 'disconnect' then event_at end) as ended_at,
        max(event_at) as last_event_at,
        max(case when event_type = 'disconnect' then release_code end) as release_code,
        max(dialled_number) as x_number,
        max(case when event_type = 'disconnect' then 1 else 0 end) = 1 as is_disconnected
    from events
    group by session_id
)

select
    by_session.session_id,
    by_session.x_number,
    by_session.release_code,
    by_session.event_count,
    by_session.is_disconnected,
    records.session_id is not null as has_record,
    by_session.month,
    by_session.started_at,
    by_session.answered_at,
    by_session.ended_at,
    by_session.last_event_at
from by_session
left join records
    on by_session.session_id = records.session_id
