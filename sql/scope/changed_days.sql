-- grain: one row per day that charges can differ on since the last build
-- key: date
-- Of the months made anew: the days of all records of the calls that changed, by their
-- ends and by their answers, and of all copies of the messages.
with

record_days as (
    select distinct date, day_of(answered_at) as answered_date
    from staging.fee_records
    where month in (select month from raw.build_scope)
        and file_id in (select file_id from changed_records)
        and call_id in (select call_id from changed_records)
),

fresh_messages as (
    select distinct month, app_key, message_id
    from staging.sms
    where file_id > getvariable('built_to_file')
)

select date from record_days
union
select answered_date from record_days
union
select day_of(messages.sent_at)
from staging.sms as messages
inner join fresh_messages
    on messages.month = fresh_messages.month
    and messages.app_key = fresh_messages.app_key
    and messages.message_id = fresh_messages.message_id
