-- grain: one row per call event, typed
-- key: file_id, body_no
-- made by: file
-- Numbers in events may not be the real ones (domain 2): none are taken.
select
    file_id,
    body_no,
    line,
    month,
    lower(trim(event_type)) as event_type,
    nullif(session_id, '') as session_id,
    nullif(subscription_id, '') as binding_id,
    case when lower(trim(event_type)) = 'callin' then normal_number(called) end as dialled_number,
    coalesce(cast(try_cast(state_code as integer) as varchar), nullif(state_code, '')) as release_code,
    parse_event_utc(event_time) as event_utc_at,
    beijing(parse_event_utc(event_time)) as event_at
from raw.events
