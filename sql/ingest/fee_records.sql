-- grain: one row per entry of a feeLst, plain or recovered
-- key: file_id, body_no, record_no
-- fee_spool is plain_records.sql or recovered_records.sql: both give the same
-- row for the same record, whatever form it came in.
with

dated as (
    select
        *,
        coalesce(
            call_end_utc_at, fail_utc_at, fwd_answer_utc_at,
            fwd_start_utc_at, call_in_utc_at, fwd_alerting_utc_at
        ) as last_known_utc_at
    from fee_spool
)

select
    file_id,
    body_no,
    record_no,
    line,
    coalesce(month_of(beijing(last_known_utc_at)), undated()) as month,
    call_id,
    app_key,
    icid_hex,
    icid_rest,
    session_id,
    subscription_uuid,
    subscription_text,
    service_type,
    coalesce(lower(notify_mode), '') = 'block' as is_block,
    bind_num,
    caller_num,
    stored_beside(bind_num, callee_num) as callee_num,
    stored_beside(bind_num, fwd_display_num) as fwd_display_num,
    fwd_dst_num,
    odd_members,
    other_numbers,
    direction,
    ul_fail_reason,
    fwd_unasw_rsn,
    sip_status_code,
    coalesce(record_flag, '0') in ('1', 'true') as is_recorded,
    -- VoiceCall, the sister product, shares the callback format (domain 14).
    coalesce(service_type, 0) in (-1001, -1002)
        or (
            coalesce(service_type, 0) = 0 and coalesce(other_numbers ->> 'serviceType', '') = ''
            and (icid_hex is null and starts_with(coalesce(icid_rest, ''), 'CAE-') or has_call_out_answer)
        ) as is_voicecall,
    call_in_utc_at,
    fwd_alerting_utc_at,
    fwd_answer_utc_at,
    call_end_utc_at,
    case when call_end_utc_at is null then last_known_utc_at end as last_known_utc_at
from dated
