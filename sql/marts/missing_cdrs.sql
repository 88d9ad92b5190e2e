-- grain: one row per call that events tell of and no record does
-- key: month, session_id
-- stored: whole
-- The vendor's console shows a call for 31 days (FAQ 如何查看业务详情); after
-- that the record is gone. The session id stands in full: it is what the
-- vendor is asked by.
with

known as (
    select max(last_event_at) as known_until_at from calls.sessions where month > undated()
)

select
    sessions.month,
    sessions.session_id,
    sessions.ended_at,
    sessions.answered_at,
    sessions.x_number,
    case when sessions.is_disconnected then 'disconnect' else 'answer' end as last_event,
    sessions.release_code,
    sessions.last_event_at + interval 31 day as recoverable_until,
    cast(greatest(0, date_diff('day', known.known_until_at, sessions.last_event_at + interval 31 day)) as bigint) as days_left
from calls.sessions as sessions
cross join known
where not sessions.has_record
    and (sessions.is_disconnected or sessions.answered_at is not null)
