-- grain: one row per record of the plain pushes being read
-- key: file_id, body_no, record_no
-- Straight from the reader (a table function), which takes a record only when
-- all its members read as what they should be, so nothing here is odd.
select
    file_id,
    body_no,
    line,
    record_no,
    call_id,
    app_key,
    icid_hex,
    icid as icid_rest,
    session_id,
    subscription_uuid,
    subscription_id as subscription_text,
    service_type,
    notify_mode,
    record_flag,
    direction,
    ul_fail_reason,
    fwd_unasw_rsn,
    sip_status_code,
    bind_num,
    caller_num,
    callee_num,
    fwd_display_num,
    fwd_dst_num,
    call_in_utc_at,
    fwd_start_utc_at,
    fwd_alerting_utc_at,
    fwd_answer_utc_at,
    call_end_utc_at,
    fail_utc_at,
    call_out_answer_utc_at is not null as has_call_out_answer,
    cast(null as varchar) as odd_members,
    cast(null as varchar) as other_numbers
from plain_records()
