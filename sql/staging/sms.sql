-- grain: one row per SMS notice, typed
-- key: file_id, body_no
-- made by: file
-- notificationMode decides first: a Block notice can carry a result too.
select
    file_id,
    body_no,
    line,
    month,
    coalesce(nullif(app_key, ''), '(none)') as app_key,
    coalesce(nullif(sms_identifier, ''), concat_ws('|', calling, virtual_number, time_stamp)) as message_id,
    lower(trim(notification_mode)) as notification_mode,
    coalesce(normal_number(virtual_number), '(none)') as x_number,
    nullif(subscription_id, '') as binding_id,
    try_cast(send_result as integer) as send_result,
    try_cast(split_num as integer) as split_count,
    parse_utc(time_stamp) as sent_utc_at,
    beijing(parse_utc(time_stamp)) as sent_at
from raw.sms
