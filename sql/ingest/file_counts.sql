-- grain: one row per file of the files just loaded
-- key: file_id
-- Counted in the tables themselves, not while writing them: this is the side
-- of the books that must agree with what the reader saw.
with

counted as (
    select file_id, body_no, 1 as record_count, 0 as event_count, 0 as message_count, 0 as status_count, 0 as reject_count
    from raw.fee_records where file_id in (select file_id from done_files)
    union all
    select file_id, body_no, 0, 1, 0, 0, 0 from raw.events where file_id in (select file_id from done_files)
    union all
    select file_id, body_no, 0, 0, 1, 0, 0 from raw.sms where file_id in (select file_id from done_files)
    union all
    select file_id, body_no, 0, 0, 0, 1, 0 from raw.number_status where file_id in (select file_id from done_files)
    union all
    select file_id, body_no, 0, 0, 0, 0, 1 from raw.rejects where file_id in (select file_id from done_files)
    union all
    select file_id, body_no, 0, 0, 0, 0, 0 from empty_bodies
),

by_body as (
    select
        file_id,
        body_no,
        sum(record_count) as record_count,
        sum(event_count) as event_count,
        sum(message_count) as message_count,
        sum(status_count) as status_count,
        sum(reject_count) as reject_count
    from counted
    group by file_id, body_no
)

select
    file_id,
    cast(count(*) - sum(reject_count) as bigint) as body_count,
    cast(sum(record_count) as bigint) as record_count,
    cast(sum(event_count) as bigint) as event_count,
    cast(sum(message_count) as bigint) as message_count,
    cast(sum(status_count) as bigint) as status_count,
    cast(sum(reject_count) as bigint) as reject_count
from by_body
group by file_id
