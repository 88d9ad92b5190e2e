-- grain: one row per privacy-number call
-- key: call_id
-- stored: view
-- proved by: rated.calls
-- For pivots and disputes, on request only. Numbers of people come straight
-- from raw and are masked by the report unless asked for.
select
    cast(calls.call_id as varchar) as call_id,
    rated.month,
    calls.app_key,
    calls.x_number,
    calls.mode,
    records.binding_id,
    records.session_id,
    records.caller_number,
    records.callee_number,
    calls.started_at,
    calls.answered_at,
    calls.ended_at,
    rated.duration_s,
    rated.billed_min,
    cast(rated.list_charge_cny as decimal(18, 2)) as list_charge_cny,
    cast(rated.list_charge_cny as decimal(18, 2)) as call_charge_cny,
    calls.release_code,
    calls.outcome,
    files.file,
    records.line
from rated.calls as rated
inner join calls.calls as calls
    on rated.call_id = calls.call_id
inner join staging.fee_records as records
    on calls.file_id = records.file_id
    and calls.body_no = records.body_no
    and calls.record_no = records.record_no
inner join staging.files as files
    on calls.file_id = files.file_id
