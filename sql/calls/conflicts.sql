-- grain: one row per call whose record came in versions that disagree
-- key: call_id
-- made by: month
-- Reported, never dropped: the vendor charged one of the versions.
with

disputed as (
    select call_id, count(*) as loser_count
    from identity.copies
    where role = 'conflict_loser' and month in (select month from raw.build_scope)
    group by call_id
),

versions as (
    select
        copies.role,
        files.file,
        disputed.loser_count,
        case when records.answered_at is null then 0 else started_units(seconds_between(records.answered_at, records.ended_at), 60) end as billed_min,
        records.*
    from identity.copies as copies
    inner join disputed
        on copies.call_id = disputed.call_id
    inner join staging.fee_records as records
        on copies.file_id = records.file_id
        and copies.body_no = records.body_no
        and copies.record_no = records.record_no
    inner join staging.files as files
        on copies.file_id = files.file_id
    where copies.role <> 'duplicate' and copies.month in (select month from raw.build_scope)
)

select
    call_id,
    max(app_key) as app_key,
    max(case when role = 'call' then coalesce('icid ' || icid, 'session ' || session_id, 'same numbers and times') end) as identity,
    max(loser_count) + 1 as version_count,
    max(case when role = 'call' then file end) as kept_file,
    max(case when role = 'call' then line end) as kept_line,
    concat_ws(
        ' ',
        case when count(distinct coalesce(cast(ended_utc_at as varchar), '')) > 1 then 'callEndTime' end,
        case when count(distinct coalesce(cast(answered_utc_at as varchar), '')) > 1 then 'fwdAnswerTime' end,
        case when count(distinct coalesce(cast(alerting_utc_at as varchar), '')) > 1 then 'fwdAlertingTime' end,
        case when count(distinct coalesce(cast(started_utc_at as varchar), '')) > 1 then 'callInTime' end,
        case when count(distinct coalesce(cast(release_code as varchar), '')) > 1 then 'ulFailReason' end,
        case when count(distinct coalesce(cast(q850_code as varchar), '')) > 1 then 'fwdUnaswRsn' end,
        case when count(distinct coalesce(cast(sip_code as varchar), '')) > 1 then 'sipStatusCode' end,
        case when count(distinct coalesce(number_in(bind_packed, other_numbers, 'bindNum'), '')) > 1 then 'bindNum' end,
        case when count(distinct coalesce(number_in(caller_packed, other_numbers, 'callerNum'), '')) > 1 then 'callerNum' end,
        case when count(distinct coalesce(number_in(dialled_packed, other_numbers, 'calleeNum'), '')) > 1 then 'calleeNum' end,
        case when count(distinct coalesce(number_in(display_packed, other_numbers, 'fwdDisplayNum'), '')) > 1 then 'fwdDisplayNum' end,
        case when count(distinct coalesce(number_in(callee_packed, other_numbers, 'fwdDstNum'), '')) > 1 then 'fwdDstNum' end,
        case when count(distinct coalesce(session_id, '')) > 1 then 'sessionId' end,
        case when count(distinct coalesce(binding_id, '')) > 1 then 'subscriptionId' end,
        case when count(distinct product || mode_of(service_packed, is_block, service_other)) > 1 then 'serviceType' end,
        case when count(distinct coalesce(cast(direction as varchar), '')) > 1 then 'direction' end,
        case when count(distinct is_recorded) > 1 then 'recordFlag' end,
        case when count(distinct coalesce(odd_members, '')) > 1 then 'unreadable members' end
    ) as differing_fields,
    max(case when role = 'call' then ended_at end) as ended_at,
    coalesce(max(case when role = 'call' then billed_min end), 0) as kept_min,
    coalesce(max(billed_min), 0) as widest_min,
    coalesce(min(billed_min), 0) as narrowest_min,
    max(case when role = 'call' then month end) as month
from versions
group by call_id
