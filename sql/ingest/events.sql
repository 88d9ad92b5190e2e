-- grain: one row per call event in the spool
-- key: file_id, body_no
-- An event without session, caller or called occurs and is kept.
select
    "#f" as file_id,
    "#n" as body_no,
    "#l" as line,
    coalesce(month_of(beijing(parse_event_utc(s."timestamp"))), undated()) as month,
    "eventType" as event_type,
    s."sessionId" as session_id,
    s."timestamp" as event_time,
    s."caller" as caller,
    s."called" as called,
    s."subscriptionId" as subscription_id,
    s."stateCode" as state_code,
    s."stateDesc" as state_desc
from (
    select "#f", "#n", "#l", "eventType", "statusInfo" as s
    from read_json(
        getvariable('spool'),
        format = 'newline_delimited',
        ignore_errors = true,
        columns = {
            '#f': 'integer',
            '#n': 'bigint',
            '#l': 'bigint',
            'eventType': 'varchar',
            'statusInfo': 'struct(
                "sessionId" varchar, "timestamp" varchar, "caller" varchar, "called" varchar,
                "subscriptionId" varchar, "stateCode" varchar, "stateDesc" varchar)'
        }
    )
    where "statusInfo" is not null
        and lower(trim("eventType")) in ('callin', 'collectinfo', 'callout', 'alerting', 'answer', 'disconnect')
) as spool
