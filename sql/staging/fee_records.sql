-- grain: one row per entry of a feeLst, typed
-- key: file_id, body_no, record_no
-- made by: file
-- Blank means absent; times are UTC as delivered and Beijing as billed. A
-- record that cannot be charged rightly says why in reject_reason.
select
    ---------- ids
    file_id,
    body_no,
    record_no,
    call_id,
    coalesce(nullif(app_key, ''), '(none)') as app_key,
    -- As it came, since a text that is only read costs a tenth of one that is worked out.
    app_key as delivered_app_key,
    icid_text(icid_hex, icid_rest) as icid,
    icid_hex,
    icid_rest,
    nullif(session_id, '') as session_id,
    binding_text(subscription_uuid, subscription_text) as binding_id,
    ---------- packed
    -- As text only where it is asked for (see the macros x_number_of, mode_of and
    -- number_in): planning eight texts took as long as planning all else of the models
    -- that read this. What does not pack is text in x_other, service_other, other_numbers.
    bind_num as bind_packed,
    caller_num as caller_packed,
    number_beside(bind_num, callee_num) as dialled_packed,
    number_beside(bind_num, fwd_display_num) as display_packed,
    fwd_dst_num as callee_packed,
    other_numbers,
    -- The X number is bindNum, else the dialled number.
    case
        when bind_num <> 0 then bind_num
        when trim(other_numbers ->> 'bindNum') <> '' then null
        else number_beside(bind_num, callee_num)
    end as x_packed,
    case
        when bind_num <> 0 then null
        when trim(other_numbers ->> 'bindNum') <> '' then other_numbers ->> 'bindNum'
        when number_beside(bind_num, callee_num) is null then other_numbers ->> 'calleeNum'
    end as x_other,
    service_type as service_packed,
    case when service_type is null then other_numbers ->> 'serviceType' end as service_other,
    ---------- text
    case when is_voicecall then 'voicecall' else 'privatenumber' end as product,
    odd_members,
    -- The same in records that were delivered with the same content.
    hash(
        service_type, is_block, direction, session_id, subscription_uuid, subscription_text,
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
    is_voicecall,
    is_block,
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
    beijing(coalesce(call_end_utc_at, last_known_utc_at)) as last_known_at,
    day_of(last_known_at) as date
from raw.fee_records
