-- grain: one row per SMS notice in the spool
-- key: file_id, body_no
-- Only the two parameters that decide the charge are taken out of extInfo.
select
    "#f" as file_id,
    "#n" as body_no,
    "#l" as line,
    coalesce(month_of(beijing(parse_utc(s."timeStamp"))), undated()) as month,
    coalesce("appKey", "#a") as app_key,
    s."smsIdentifier" as sms_identifier,
    s."notificationMode" as notification_mode,
    s."calling" as calling,
    s."called" as called,
    s."virtualNumber" as virtual_number,
    s."event" as event,
    s."timeStamp" as time_stamp,
    s."subscriptionId" as subscription_id,
    s."sendResult" as send_result,
    list_extract(list_filter(s."extInfo"."extParas", lambda p: p."key" = 'splitNum'), 1)."value" as split_num,
    list_extract(list_filter(s."extInfo"."extParas", lambda p: p."key" = 'direction'), 1)."value" as direction
from (
    select "#f", "#n", "#l", "#a", "appKey", "smsEvent" as s
    from read_json(
        getvariable('spool'),
        format = 'newline_delimited',
        ignore_errors = true,
        columns = {
            '#f': 'integer',
            '#n': 'bigint',
            '#l': 'bigint',
            '#a': 'varchar',
            'appKey': 'varchar',
            'smsEvent': 'struct(
                "smsIdentifier" varchar, "notificationMode" varchar, "calling" varchar, "called" varchar,
                "virtualNumber" varchar, "event" varchar, "timeStamp" varchar, "subscriptionId" varchar,
                "sendResult" varchar, "extInfo" struct("extParas" struct("key" varchar, "value" varchar)[]))'
        }
    )
    where "smsEvent" is not null
) as spool
