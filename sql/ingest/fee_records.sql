-- grain: one row per entry of a feeLst in the spool
-- key: file_id, body_no, record_no
-- One pass: DuckDB's JSON reader straight into the table. A line it cannot
-- read is all null and drops out here; loader.go finds it missing.
with

spool as (
    select *
    from read_json(
        getvariable('spool'),
        format = 'newline_delimited',
        ignore_errors = true,
        columns = {
            '#f': 'integer',
            '#n': 'integer',
            '#l': 'integer',
            '#r': 'integer',
            'appKey': 'varchar',
            'icid': 'varchar',
            'sessionId': 'varchar',
            'subscriptionId': 'varchar',
            'serviceType': 'varchar',
            'notifyMode': 'varchar',
            'direction': 'varchar',
            'bindNum': 'varchar',
            'callerNum': 'varchar',
            'calleeNum': 'varchar',
            'fwdDisplayNum': 'varchar',
            'fwdDstNum': 'varchar',
            'callInTime': 'varchar',
            'fwdStartTime': 'varchar',
            'fwdAlertingTime': 'varchar',
            'fwdAnswerTime': 'varchar',
            'callEndTime': 'varchar',
            'failTime': 'varchar',
            'callOutAnswerTime': 'varchar',
            'ulFailReason': 'varchar',
            'fwdUnaswRsn': 'varchar',
            'sipStatusCode': 'varchar',
            'recordFlag': 'varchar'
        }
    )
    where "#f" is not null
),

typed as (
    select
        *,
        parse_utc("callInTime") as call_in_utc_at,
        parse_utc("fwdAlertingTime") as fwd_alerting_utc_at,
        parse_utc("fwdAnswerTime") as fwd_answer_utc_at,
        parse_utc("callEndTime") as call_end_utc_at,
        try_cast("direction" as smallint) as direction_code,
        try_cast("ulFailReason" as integer) as ul_fail_reason,
        try_cast("fwdUnaswRsn" as smallint) as fwd_unasw_rsn,
        try_cast("sipStatusCode" as smallint) as sip_status_code
    from spool
),

dated as (
    select
        *,
        coalesce(
            call_end_utc_at, parse_utc("failTime"), fwd_answer_utc_at,
            parse_utc("fwdStartTime"), call_in_utc_at, fwd_alerting_utc_at
        ) as last_known_utc_at
    from typed
)

select
    "#f" as file_id,
    "#n" as body_no,
    "#r" as record_no,
    "#l" as line,
    coalesce(month_of(beijing(last_known_utc_at)), undated()) as month,
    cast(md5(coalesce("appKey", '') || '|' || call_identity(
        "icid", "sessionId", "bindNum", "callerNum", "calleeNum", "callInTime", "callEndTime"
    )) as uuid) as call_id,
    "appKey" as app_key,
    "icid" as icid,
    "sessionId" as session_id,
    "subscriptionId" as subscription_id,
    "serviceType" as service_type,
    "notifyMode" as notify_mode,
    "bindNum" as bind_num,
    "callerNum" as caller_num,
    "calleeNum" as callee_num,
    "fwdDisplayNum" as fwd_display_num,
    "fwdDstNum" as fwd_dst_num,
    case
        when is_odd("callInTime", call_in_utc_at) or is_odd("fwdAlertingTime", fwd_alerting_utc_at)
            or is_odd("fwdAnswerTime", fwd_answer_utc_at) or is_odd("callEndTime", call_end_utc_at)
            or is_odd("direction", direction_code) or is_odd("ulFailReason", ul_fail_reason)
            or is_odd("fwdUnaswRsn", fwd_unasw_rsn) or is_odd("sipStatusCode", sip_status_code)
            then concat_ws(
                '; ',
                case when is_odd("callInTime", call_in_utc_at) then 'callInTime=' || "callInTime" end,
                case when is_odd("fwdAlertingTime", fwd_alerting_utc_at) then 'fwdAlertingTime=' || "fwdAlertingTime" end,
                case when is_odd("fwdAnswerTime", fwd_answer_utc_at) then 'fwdAnswerTime=' || "fwdAnswerTime" end,
                case when is_odd("callEndTime", call_end_utc_at) then 'callEndTime=' || "callEndTime" end,
                case when is_odd("direction", direction_code) then 'direction=' || "direction" end,
                case when is_odd("ulFailReason", ul_fail_reason) then 'ulFailReason=' || "ulFailReason" end,
                case when is_odd("fwdUnaswRsn", fwd_unasw_rsn) then 'fwdUnaswRsn=' || "fwdUnaswRsn" end,
                case when is_odd("sipStatusCode", sip_status_code) then 'sipStatusCode=' || "sipStatusCode" end
            )
    end as odd_members,
    direction_code as direction,
    ul_fail_reason,
    fwd_unasw_rsn,
    sip_status_code,
    coalesce("recordFlag", '0') in ('1', 'true') as is_recorded,
    -- VoiceCall, the sister product, shares the callback format (domain 14).
    coalesce("serviceType", '') in ('001', '002')
        or (coalesce("serviceType", '') = '' and ("icid"[1:4] = 'CAE-' or "callOutAnswerTime" <> '')) as is_voicecall,
    call_in_utc_at,
    fwd_alerting_utc_at,
    fwd_answer_utc_at,
    call_end_utc_at,
    last_known_utc_at
from dated
