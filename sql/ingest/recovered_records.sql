-- grain: one row per entry of a feeLst in the spool
-- key: file_id, body_no, record_no
-- Members in any form, typed as the plain ones come from the reader. What does
-- not read as what it should be is kept as it came: codes and times in
-- odd_members, phone numbers and the service type in other_numbers. The identity that
-- call_id is the hash of is told in ingest/identity.go for plain records too.
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
        whole_second(parse_utc("callInTime")) as call_in_utc_at,
        whole_second(parse_utc("fwdAlertingTime")) as fwd_alerting_utc_at,
        whole_second(parse_utc("fwdAnswerTime")) as fwd_answer_utc_at,
        whole_second(parse_utc("callEndTime")) as call_end_utc_at,
        try_cast("direction" as integer) as direction_code,
        try_cast("ulFailReason" as integer) as ul_fail_reason,
        try_cast("fwdUnaswRsn" as integer) as fwd_unasw_rsn,
        try_cast("sipStatusCode" as integer) as sip_status_code,
        number_of("bindNum") as bind_num,
        number_of("callerNum") as caller_num,
        number_of("calleeNum") as callee_num,
        number_of("fwdDisplayNum") as fwd_display_num,
        number_of("fwdDstNum") as fwd_dst_num,
        number_of("serviceType") as service_type
    from spool
),

judged as (
    select
        *,
        nullif(concat_ws(
            '; ',
            case when is_odd("callInTime", call_in_utc_at) then 'callInTime=' || "callInTime" end,
            case when is_odd("fwdAlertingTime", fwd_alerting_utc_at) then 'fwdAlertingTime=' || "fwdAlertingTime" end,
            case when is_odd("fwdAnswerTime", fwd_answer_utc_at) then 'fwdAnswerTime=' || "fwdAnswerTime" end,
            case when is_odd("callEndTime", call_end_utc_at) then 'callEndTime=' || "callEndTime" end,
            case when is_odd("direction", direction_code) then 'direction=' || "direction" end,
            case when is_odd("ulFailReason", ul_fail_reason) then 'ulFailReason=' || "ulFailReason" end,
            case when is_odd("fwdUnaswRsn", fwd_unasw_rsn) then 'fwdUnaswRsn=' || "fwdUnaswRsn" end,
            case when is_odd("sipStatusCode", sip_status_code) then 'sipStatusCode=' || "sipStatusCode" end
        ), '') as odd_members
    from typed
)

select
    "#f" as file_id,
    "#n" as body_no,
    "#l" as line,
    "#r" as record_no,
    call_hash("appKey", case
        when "icid" <> '' then 'icid:' || "icid"
        when "sessionId" <> '' then 'session:' || "sessionId"
        else 'fields:' || concat_ws('|',
            coalesce("bindNum", ''),
            coalesce("callerNum", ''),
            coalesce("calleeNum", ''),
            coalesce(cast(call_in_utc_at as varchar), ''), coalesce(cast(call_end_utc_at as varchar), ''),
            odd_members)
    end) as call_id,
    "appKey" as app_key,
    hex_of("icid") as icid_hex,
    rest_of("icid") as icid_rest,
    "sessionId" as session_id,
    uuid_of("subscriptionId") as subscription_uuid,
    case when uuid_of("subscriptionId") is null then "subscriptionId" end as subscription_text,
    service_type,
    "notifyMode" as notify_mode,
    "recordFlag" as record_flag,
    direction_code as direction,
    ul_fail_reason,
    fwd_unasw_rsn,
    sip_status_code,
    bind_num,
    caller_num,
    callee_num,
    fwd_display_num,
    fwd_dst_num,
    call_in_utc_at,
    whole_second(parse_utc("fwdStartTime")) as fwd_start_utc_at,
    fwd_alerting_utc_at,
    fwd_answer_utc_at,
    call_end_utc_at,
    whole_second(parse_utc("failTime")) as fail_utc_at,
    coalesce("callOutAnswerTime", '') <> '' as has_call_out_answer,
    case
        when odd_members is null and coalesce("appKey", "icid", "sessionId", "bindNum", "callerNum", "calleeNum") is null
            and call_end_utc_at is null then no_record()
        else odd_members
    end as odd_members,
    case
        when is_other("bindNum", bind_num) or is_other("callerNum", caller_num) or is_other("calleeNum", callee_num)
            or is_other("fwdDisplayNum", fwd_display_num) or is_other("fwdDstNum", fwd_dst_num)
            or is_other("serviceType", service_type)
            then cast(json_object(
                'bindNum', case when is_other("bindNum", bind_num) then "bindNum" end,
                'callerNum', case when is_other("callerNum", caller_num) then "callerNum" end,
                'calleeNum', case when is_other("calleeNum", callee_num) then "calleeNum" end,
                'fwdDisplayNum', case when is_other("fwdDisplayNum", fwd_display_num) then "fwdDisplayNum" end,
                'fwdDstNum', case when is_other("fwdDstNum", fwd_dst_num) then "fwdDstNum" end,
                'serviceType', case when is_other("serviceType", service_type) then "serviceType" end
            ) as varchar)
    end as other_numbers
from judged
