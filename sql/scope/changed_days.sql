-- grain: one row per day that counts and charges can differ on since the last build
-- key: date
-- Of the months made anew: the days of all records of the calls that changed, by their
-- ends and by their answers; of all copies of the messages; and of all events of the
-- sessions that changed, by an event or by a record.
with

-- Asked twice, and each time reads no more than it needs.
records as not materialized (
    select date, cast(answered_at as date) as answered_date, session_id
    from staging.fee_records
    where month in (select month from raw.build_scope)
        and file_id in (select file_id from changed_records)
        and call_id in (select call_id from changed_records)
),

record_days as (
    select distinct date, answered_date from records
),

fresh_messages as (
    select distinct month, app_key, message_id
    from staging.sms
    where file_id > getvariable('built_to_file')
),

events as (
    select file_id, session_id, event_at
    from staging.events
    where month in (select month from raw.build_scope)
),

changed_sessions as (
    select session_id
    from events
    where file_id > getvariable('built_to_file')
    union
    select session_id
    from records
    -- Where nobody archives events, no record is asked for its session.
    where exists (select session_id from events)
)

select date from record_days
union
select answered_date from record_days where answered_date is not null
union
select day_of(messages.sent_at)
from staging.sms as messages
inner join fresh_messages
    on messages.month = fresh_messages.month
    and messages.app_key = fresh_messages.app_key
    and messages.message_id = fresh_messages.message_id
union
select day_of(event_at)
from events
where file_id > getvariable('built_to_file')
    or session_id in (select session_id from changed_sessions)
