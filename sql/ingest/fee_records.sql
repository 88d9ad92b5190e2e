-- grain: one row per entry of a feeLst in the spool
-- key: file_id, body_no, record_no
-- One pass: DuckDB's JSON reader straight into the table. A line it cannot
-- read is all null and drops out here; loader.go finds it missing by its
-- number.
with

spool as (
    select
        "#f",
        "#n",
        "#l",
        unnest("feeLst") as r,
        generate_subscripts("feeLst", 1) as record_no
    from read_json(
        getvariable('spool'),
        format = 'newline_delimited',
        ignore_errors = true,
        columns = {
            '#f': 'integer',
            '#n': 'integer',
            '#l': 'integer',
            'eventType': 'varchar',
            'feeLst': 'struct(
                "appKey" varchar, "icid" varchar, "sessionId" varchar, "subscriptionId" varchar,
                "serviceType" varchar, "notifyMode" varchar, "direction" varchar,
                "bindNum" varchar, "callerNum" varchar, "calleeNum" varchar,
                "fwdDisplayNum" varchar, "fwdDstNum" varchar,
                "callInTime" varchar, "fwdStartTime" varchar, "fwdAlertingTime" varchar,
                "fwdAnswerTime" varchar, "callEndTime" varchar, "failTime" varchar, "callOutAnswerTime" varchar,
                "ulFailReason" varchar, "fwdUnaswRsn" varchar, "sipStatusCode" varchar, "recordFlag" varchar)[]'
        }
    )
    where lower(trim("eventType")) = 'fee'
),

typed as (
    select
        *,
        parse_utc(r."callInTime") as call_in_utc_at,
        parse_utc(r."fwdAlertingTime") as fwd_alerting_utc_at,
        parse_utc(r."fwdAnswerTime") as fwd_answer_utc_at,
        parse_utc(r."callEndTime") as call_end_utc_at,
        try_cast(r."direction" as smallint) as direction,
        try_cast(r."ulFailReason" as integer) as ul_fail_reason,
        try_cast(r."fwdUnaswRsn" as smallint) as fwd_unasw_rsn,
        try_cast(r."sipStatusCode" as smallint) as sip_status_code
    from spool
)

select
    "#f" as file_id,
    "#n" as body_no,
    cast(record_no as smallint) as record_no,
    "#l" as line,
    -- The month of the end, else of the last known time, Beijing.
    coalesce(
        month_of(beijing(coalesce(
            call_end_utc_at, parse_utc(r."failTime"), fwd_answer_utc_at,
            parse_utc(r."fwdStartTime"), call_in_utc_at, fwd_alerting_utc_at
        ))),
        undated()
    ) as month,
    cast(md5(coalesce(r."appKey", '') || '|' || call_identity(
        r."icid", r."sessionId", r."bindNum", r."callerNum", r."calleeNum", r."callInTime", r."callEndTime"
    )) as uuid) as call_id,
    r."appKey" as app_key,
    r."icid" as icid,
    r."sessionId" as session_id,
    r."subscriptionId" as subscription_id,
    r."serviceType" as service_type,
    r."notifyMode" as notify_mode,
    r."bindNum" as bind_num,
    r."callerNum" as caller_num,
    r."calleeNum" as callee_num,
    r."fwdDisplayNum" as fwd_display_num,
    r."fwdDstNum" as fwd_dst_num,
    case
        when is_odd(r."callInTime", call_in_utc_at) or is_odd(r."fwdAlertingTime", fwd_alerting_utc_at)
            or is_odd(r."fwdAnswerTime", fwd_answer_utc_at) or is_odd(r."callEndTime", call_end_utc_at)
            or is_odd(r."direction", direction) or is_odd(r."ulFailReason", ul_fail_reason)
            or is_odd(r."fwdUnaswRsn", fwd_unasw_rsn) or is_odd(r."sipStatusCode", sip_status_code)
            then concat_ws(
                '; ',
                case when is_odd(r."callInTime", call_in_utc_at) then 'callInTime=' || r."callInTime" end,
                case when is_odd(r."fwdAlertingTime", fwd_alerting_utc_at) then 'fwdAlertingTime=' || r."fwdAlertingTime" end,
                case when is_odd(r."fwdAnswerTime", fwd_answer_utc_at) then 'fwdAnswerTime=' || r."fwdAnswerTime" end,
                case when is_odd(r."callEndTime", call_end_utc_at) then 'callEndTime=' || r."callEndTime" end,
                case when is_odd(r."direction", direction) then 'direction=' || r."direction" end,
                case when is_odd(r."ulFailReason", ul_fail_reason) then 'ulFailReason=' || r."ulFailReason" end,
                case when is_odd(r."fwdUnaswRsn", fwd_unasw_rsn) then 'fwdUnaswRsn=' || r."fwdUnaswRsn" end,
                case when is_odd(r."sipStatusCode", sip_status_code) then 'sipStatusCode=' || r."sipStatusCode" end
            )
    end as odd_members,
    direction,
    ul_fail_reason,
    fwd_unasw_rsn,
    sip_status_code,
    coalesce(r."recordFlag", '0') in ('1', 'true') as is_recorded,
    -- VoiceCall, the sister product, shares the callback format (domain 14).
    coalesce(r."serviceType", '') in ('001', '002')
        or (coalesce(r."serviceType", '') = '' and (r."icid"[1:4] = 'CAE-' or r."callOutAnswerTime" <> '')) as is_voicecall,
    call_in_utc_at,
    fwd_alerting_utc_at,
    fwd_answer_utc_at,
    call_end_utc_at
from typed
