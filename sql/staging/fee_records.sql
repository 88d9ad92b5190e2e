-- grain: one row per entry of a feeLst, typed
-- key: file_id, body_no, record_no
-- made by: month
-- Blank means absent; times are UTC as delivered and Beijing as billed. A
-- record that cannot be charged rightly says why in reject_reason.
select
    ---------- ids
    file_id,
    body_no,
    record_no,
    call_id,
    coalesce(nullif(app_key, ''), '(none)') as app_key,
    nullif(icid, '') as icid,
    nullif(session_id, '') as session_id,
    nullif(subscription_id, '') as binding_id,
    ---------- text
    case when is_voicecall then 'voicecall' else 'privatenumber' end as product,
    case
        -- Packed: 004 and so on.
        when service_type = -1004 and is_block then 'X'
        when service_type = -1004 then 'AXB'
        when service_type = -1003 then 'AX'
        when service_type = -1005 then 'AXE'
        when service_type = -1007 then 'AXYB'
        else coalesce('unknown(' || nullif(number_text(service_type, other_numbers ->> 'serviceType'), '') || ')', 'unknown')
    end as mode,
    nullif(number_text(service_type, other_numbers ->> 'serviceType'), '') as service_type,
    coalesce(
        normal_packed(bind_num, other_numbers ->> 'bindNum'),
        normal_packed(number_beside(bind_num, callee_num), other_numbers ->> 'calleeNum'),
        '(none)'
    ) as x_number,
    normal_packed(bind_num, other_numbers ->> 'bindNum') as bind_number,
    normal_packed(caller_num, other_numbers ->> 'callerNum') as caller_number,
    normal_packed(number_beside(bind_num, callee_num), other_numbers ->> 'calleeNum') as dialled_number,
    normal_packed(number_beside(bind_num, fwd_display_num), other_numbers ->> 'fwdDisplayNum') as display_number,
    normal_packed(fwd_dst_num, other_numbers ->> 'fwdDstNum') as callee_number,
    odd_members,
    -- The same in records that were delivered with the same content.
    hash(
        service_type, is_block, direction, session_id, subscription_id,
        bind_num, caller_num, callee_num, fwd_display_num, fwd_dst_num, other_numbers, odd_members,
        call_in_utc_at, fwd_alerting_utc_at, fwd_answer_utc_at, call_end_utc_at,
        ul_fail_reason, fwd_unasw_rsn, sip_status_code, is_recorded, is_voicecall
    ) as content_hash,
    case
        when odd_members is null and call_end_utc_at >= fwd_answer_utc_at then null
        when odd_members = no_record() then 'record_not_object'
        when is_voicecall then null
        when odd_members like '%fwdAnswerTime=%' or odd_members like '%callEndTime=%' then 'bad_time'
        when fwd_answer_utc_at is not null and call_end_utc_at is null then 'answered_without_end'
        when call_end_utc_at < fwd_answer_utc_at then 'end_before_answer'
    end as reject_reason,
    ---------- numbers
    line,
    direction,
    ul_fail_reason as release_code,
    fwd_unasw_rsn as q850_code,
    sip_status_code as sip_code,
    ---------- booleans
    is_recorded,
    ---------- times
    month,
    call_in_utc_at as started_utc_at,
    fwd_alerting_utc_at as alerting_utc_at,
    fwd_answer_utc_at as answered_utc_at,
    call_end_utc_at as ended_utc_at,
    beijing(call_in_utc_at) as started_at,
    beijing(fwd_alerting_utc_at) as alerting_at,
    beijing(fwd_answer_utc_at) as answered_at,
    beijing(call_end_utc_at) as ended_at,
    beijing(coalesce(call_end_utc_at, last_known_utc_at)) as last_known_at
from raw.fee_records
