-- grain: one row per entry of a feeLst
-- key: file_id, body_no, record_no
-- The members that name, time, route or charge a call. Times (UTC) and codes
-- are stored as what they read as, a fifth cheaper than their text; a member
-- that does not read stands in odd_members as it came, so nothing is lost.
-- The archive itself is the evidence: file and line find it again. call_id is
-- the hash of the call's identity (see the macro), the same in every copy.
create table if not exists raw.fee_records (
    file_id integer,
    body_no integer,
    record_no integer,
    line integer,
    month date,
    call_id uuid,
    app_key varchar,
    icid varchar,
    session_id varchar,
    subscription_id varchar,
    service_type varchar,
    notify_mode varchar,
    bind_num varchar,
    caller_num varchar,
    callee_num varchar,
    fwd_display_num varchar,
    fwd_dst_num varchar,
    odd_members varchar,
    direction smallint,
    ul_fail_reason integer,
    fwd_unasw_rsn smallint,
    sip_status_code smallint,
    is_recorded boolean,
    is_voicecall boolean,
    call_in_utc_at timestamp,
    fwd_alerting_utc_at timestamp,
    fwd_answer_utc_at timestamp,
    call_end_utc_at timestamp,
    last_known_utc_at timestamp
)
