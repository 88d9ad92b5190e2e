-- grain: one row per record whose identity occurs more than once
-- key: file_id, body_no, record_no
-- made by: call
-- Pushes are repeated up to six times. The same content again is a duplicate;
-- other content under the same identity is a conflict, and the version with
-- the latest end wins, then the latest answer, the lowest release code, the
-- smallest content: never the one read first, so the order of files is
-- without effect. Nearly all copies are the same to the byte, and those need no
-- ranking of versions.
with

repeated as (
    select call_id
    from records_to_make
    group by call_id
    having count(*) > 1
),

ranked_files as (
    select file_id, row_number() over (order by file) as file_rank
    from staging.files
),

candidates as (
    select
        records.file_id,
        records.body_no,
        records.record_no,
        records.call_id,
        records.month,
        records.content_hash,
        place_of(ranked_files.file_rank, records.body_no, records.record_no) as place
    from records_to_make as records
    inner join repeated
        on records.call_id = repeated.call_id
    inner join ranked_files
        on records.file_id = ranked_files.file_id
    where records.reject_reason is null
),

summed_up as (
    select call_id, min(place) as first_place, min(content_hash) <> max(content_hash) as is_disputed
    from candidates
    group by call_id
),

versions as (
    select
        candidates.file_id, candidates.body_no, candidates.record_no, candidates.call_id, candidates.month, candidates.place,
        records.ended_utc_at,
        records.answered_utc_at,
        records.release_code,
        concat_ws(
            chr(31),
            records.product, mode_of(records.service_packed, records.is_block, records.service_other), coalesce(cast(records.direction as varchar), ''),
            coalesce(records.session_id, ''), coalesce(records.binding_id, ''),
            coalesce(number_in(records.bind_packed, records.other_numbers, 'bindNum'), ''),
            coalesce(number_in(records.caller_packed, records.other_numbers, 'callerNum'), ''),
            coalesce(number_in(records.dialled_packed, records.other_numbers, 'calleeNum'), ''),
            coalesce(number_in(records.display_packed, records.other_numbers, 'fwdDisplayNum'), ''),
            coalesce(number_in(records.callee_packed, records.other_numbers, 'fwdDstNum'), ''),
            coalesce(cast(records.started_utc_at as varchar), ''),
            coalesce(cast(records.alerting_utc_at as varchar), ''),
            coalesce(cast(records.answered_utc_at as varchar), ''),
            coalesce(cast(records.ended_utc_at as varchar), ''),
            coalesce(cast(records.release_code as varchar), ''),
            coalesce(cast(records.q850_code as varchar), ''),
            coalesce(cast(records.sip_code as varchar), ''),
            cast(records.is_recorded as varchar), coalesce(records.odd_members, '')
        ) as content
    from candidates
    inner join summed_up
        on candidates.call_id = summed_up.call_id
        and summed_up.is_disputed
    inner join records_to_make as records
        on candidates.file_id = records.file_id
        and candidates.body_no = records.body_no
        and candidates.record_no = records.record_no
),

ranked as (
    select
        *,
        row_number() over (
            partition by call_id
            order by
                ended_utc_at desc nulls last,
                answered_utc_at desc nulls last,
                release_code asc nulls last,
                content asc,
                place asc
        ) as rank_in_call,
        row_number() over (partition by call_id, content order by place asc) as rank_in_version
    from versions
)

select
    candidates.file_id,
    candidates.body_no,
    candidates.record_no,
    candidates.call_id,
    case when candidates.place = summed_up.first_place then copy_role('call') else copy_role('duplicate') end as role,
    candidates.month
from candidates
inner join summed_up
    on candidates.call_id = summed_up.call_id
    and not summed_up.is_disputed

union all

select
    file_id,
    body_no,
    record_no,
    call_id,
    case
        when rank_in_call = 1 then copy_role('call')
        when rank_in_version = 1 then copy_role('conflict_loser')
        else copy_role('duplicate')
    end as role,
    month
from ranked
