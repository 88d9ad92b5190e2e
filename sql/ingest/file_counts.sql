-- grain: one row per file of the files just loaded
-- key: file_id
-- Counted in the tables themselves, not while writing them: this is the side
-- of the books that must agree with what the reader saw. A body is what stands in a
-- table and was not refused. Of fee records the first of each body is counted, which
-- costs a fifth of telling ten million bodies apart.
with

refused as (
    select file_id, body_no from raw.rejects where file_id in (select file_id from done_files)
),

counted as (
    select
        file_id, count(case when record_no = 1 then 1 end) as body_count, count(*) as record_count,
        0 as event_count, 0 as message_count, 0 as status_count, 0 as reject_count
    from raw.fee_records
    where file_id in (select file_id from done_files)
    group by file_id
    union all
    -- Of a body whose record is of a pruned month the rest may have been kept.
    select records.file_id, -count(*), 0, 0, 0, 0, 0
    from raw.fee_records as records
    inner join refused
        on records.file_id = refused.file_id
        and records.body_no = refused.body_no
    where records.record_no = 1
    group by records.file_id
    union all
    select file_id, count(*), 0, sum(event_count), sum(message_count), sum(status_count), 0
    from (
        select file_id, body_no, sum(event_count) as event_count, sum(message_count) as message_count, sum(status_count) as status_count
        from (
            select file_id, body_no, 1 as event_count, 0 as message_count, 0 as status_count from raw.events
            union all
            select file_id, body_no, 0, 1, 0 from raw.sms
            union all
            select file_id, body_no, 0, 0, 1 from raw.number_status
            union all
            select file_id, body_no, 0, 0, 0 from empty_bodies
        ) as entries
        where file_id in (select file_id from done_files)
        group by file_id, body_no
    ) as bodies
    anti join refused
        using (file_id, body_no)
    group by file_id
    union all
    select file_id, 0, 0, 0, 0, 0, count(*) from refused group by file_id
)

select
    file_id,
    cast(sum(body_count) as bigint) as body_count,
    cast(sum(record_count) as bigint) as record_count,
    cast(sum(event_count) as bigint) as event_count,
    cast(sum(message_count) as bigint) as message_count,
    cast(sum(status_count) as bigint) as status_count,
    cast(sum(reject_count) as bigint) as reject_count
from counted
group by file_id
