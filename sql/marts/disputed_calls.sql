-- grain: one row per call of a slot that a claim is about
-- key: call_id
-- made by: month
-- stored: view
-- proved by: rated.calls
-- What can be shown of the hours in dispute. Numbers of people are masked by the
-- report unless asked for.
with

disputed as (
    select slots.month, slots.slot_at, slots.slot_grain
    from matched.slots as slots
    inner join reasoned.reasons as reasons
        on slots.month = reasons.month
        and slots.item = reasons.item
        and slots.slot_at = reasons.slot_at
    inner join staging.claims as claims
        on reasons.month = claims.month
        and reasons.item = claims.item
        and reasons.reason = claims.reason
    where slots.item = 'call' and slots.slot_grain <> 'month' and claims.state = 'open' and reasons.diff_cny <> reasons.shown_cny
    group by slots.month, slots.slot_at, slots.slot_grain
)

select
    call_text(rated.call_id) as call_id,
    rated.month,
    rated.hour_at,
    rated.app_key,
    rated.x_number,
    rated.mode,
    records.session_id,
    number_in(records.caller_packed, records.other_numbers, 'callerNum') as caller_number,
    number_in(records.callee_packed, records.other_numbers, 'fwdDstNum') as callee_number,
    records.answered_at,
    records.ended_at,
    rated.duration_s,
    rated.billed_min,
    files.file,
    records.line
from rated.calls as rated
inner join disputed
    on rated.month = disputed.month
    and disputed.slot_at = slot_of(disputed.slot_grain, rated.month, rated.hour_at)
inner join calls.calls as calls
    on rated.call_id = calls.call_id
inner join staging.fee_records as records
    on calls.file_id = records.file_id
    and calls.body_no = records.body_no
    and calls.record_no = records.record_no
inner join staging.files as files
    on calls.file_id = files.file_id
