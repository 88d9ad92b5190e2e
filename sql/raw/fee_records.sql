-- grain: one row per entry of a feeLst
-- key: file_id, body_no, record_no
-- The members that name, time, route or charge a call. Times (UTC, whole
-- seconds, as the vendor writes them) and codes are stored as what they read
-- as, a fifth cheaper than their text; a member that does not read stands in
-- odd_members as it came, so nothing is lost.
-- The 32 hex digits that an icid begins with and a binding's id that is a UUID are
-- stored as 16 bytes, a sixth of the cost of their text (macros icid_text, binding_text).
-- Phone numbers and the service type are packed (see the macros number_of and stored_beside),
-- and what does not pack stands in other_numbers, an object of JSON. A text of a few values
-- costs as much to store as six numbers, so the notify mode is whether it is Block. A column says its
-- compression where trying all of them would cost a third of the load.
-- last_known_utc_at stands only where there is no end.
-- The archive itself is the evidence: file and line find it again. call_id is
-- the hash of the call's identity (see the macro), the same in every copy.
create table if not exists raw.fee_records (
    file_id integer,
    body_no integer,
    record_no integer,
    line integer,
    month date,
    call_id ubigint using compression uncompressed,
    app_key varchar using compression dictionary,
    icid_hex uuid using compression uncompressed,
    icid_rest varchar using compression fsst,
    session_id varchar using compression fsst,
    subscription_uuid uuid using compression uncompressed,
    subscription_text varchar using compression fsst,
    service_type bigint using compression bitpacking,
    is_block boolean,
    bind_num bigint using compression bitpacking,
    caller_num bigint using compression bitpacking,
    callee_num bigint,
    fwd_display_num bigint,
    fwd_dst_num bigint using compression bitpacking,
    odd_members varchar using compression dictionary,
    other_numbers varchar using compression dictionary,
    direction integer using compression bitpacking,
    ul_fail_reason integer using compression bitpacking,
    fwd_unasw_rsn integer using compression bitpacking,
    sip_status_code integer using compression bitpacking,
    is_recorded boolean,
    is_voicecall boolean,
    call_in_utc_at timestamp_s using compression bitpacking,
    fwd_alerting_utc_at timestamp_s using compression bitpacking,
    fwd_answer_utc_at timestamp_s using compression bitpacking,
    call_end_utc_at timestamp_s using compression bitpacking,
    last_known_utc_at timestamp_s
)
