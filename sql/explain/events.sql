-- The call events of the session, the second source on how the call went.
select
    events.event_type as event,
    strftime(events.event_utc_at, '%Y-%m-%d %H:%M:%S') as utc,
    strftime(events.event_at, '%Y-%m-%d %H:%M:%S') as beijing,
    events.release_code,
    files.file,
    events.line
from staging.events as events
inner join staging.files as files
    on events.file_id = files.file_id
where events.session_id = getvariable('story_session_id')
order by events.event_at, events.event_type, files.file, events.line
