-- grain: one row per record whose identity occurs more than once
-- key: file_id, body_no, record_no
-- Pushes are repeated up to six times. The same content again is a duplicate;
-- other content under the same identity is a conflict, and the version with
-- the latest end wins, then the latest answer, the lowest release code, the
-- smallest content: never the one read first, so the order of files is
-- without effect.
with

repeated as (
    select call_id
    from raw.fee_records
    where month in (select month from raw.build_scope)
    group by call_id
    having count(*) > 1
),

candidates as (
    select
        records.file_id,
        records.body_no,
        records.record_no,
        records.month,
        records.call_id,
        records.ended_utc_at,
        records.answered_utc_at,
        records.release_code,
        files.file,
        concat_ws(
            chr(31),
            records.product, records.mode, coalesce(cast(records.direction as varchar), ''),
            coalesce(records.session_id, ''), coalesce(records.binding_id, ''),
            coalesce(records.bind_number, ''), coalesce(records.caller_number, ''),
            coalesce(records.dialled_number, ''), coalesce(records.display_number, ''),
            coalesce(records.callee_number, ''),
            coalesce(cast(records.started_utc_at as varchar), ''),
            coalesce(cast(records.alerting_utc_at as varchar), ''),
            coalesce(cast(records.answered_utc_at as varchar), ''),
            coalesce(cast(records.ended_utc_at as varchar), ''),
            coalesce(cast(records.release_code as varchar), ''),
            coalesce(cast(records.q850_code as varchar), ''),
            coalesce(cast(records.sip_code as varchar), ''),
            cast(records.is_recorded as varchar), coalesce(records.odd_members, '')
        ) as content
    from staging.fee_records as records
    inner join repeated
        on records.call_id = repeated.call_id
    inner join staging.files as files
        on records.file_id = files.file_id
    where records.month in (select month from raw.build_scope)
        and records.reject_reason is null
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
                file asc,
                body_no asc,
                record_no asc
        ) as rank_in_call,
        row_number() over (
            partition by call_id, content
            order by file asc, body_no asc, record_no asc
        ) as rank_in_version
    from candidates
)

select
    file_id,
    body_no,
    record_no,
    call_id,
    case
        when rank_in_call = 1 then 'call'
        when rank_in_version = 1 then 'conflict_loser'
        else 'duplicate'
    end as role,
    month
from ranked
