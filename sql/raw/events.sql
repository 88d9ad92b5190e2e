-- grain: one row per call event
-- key: file_id, body_no
-- The second source for a call's end, and for calls whose record is missing.
create table if not exists raw.events (
    file_id integer,
    body_no bigint,
    line bigint,
    month date,
    event_type varchar,
    session_id varchar,
    event_time varchar,
    caller varchar,
    called varchar,
    subscription_id varchar,
    state_code varchar,
    state_desc varchar
)
