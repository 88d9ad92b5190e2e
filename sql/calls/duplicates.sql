-- grain: one row per file and month of its records
-- key: file_id, month
-- made by: file
-- What became of each record of a file: the books of the deduplication. A call is what
-- is left of the records; a check holds it against the calls there are.
with

records as (
    select
        file_id,
        month,
        count(*) as record_count,
        count(reject_reason) as rejected_record_count,
        count(case when reject_reason is null then odd_members end) as odd_record_count
    from staging.fee_records
    where month in (select month from raw.build_scope)
    group by file_id, month
),

copies as (
    select
        file_id,
        month,
        count(case when role = 'duplicate' then 1 end) as duplicate_count,
        count(case when role = 'conflict_loser' then 1 end) as conflict_loser_count
    from identity.copies
    where month in (select month from raw.build_scope)
    group by file_id, month
)

select
    records.file_id,
    records.month,
    records.record_count,
    records.record_count - records.rejected_record_count
        - coalesce(copies.duplicate_count, 0) - coalesce(copies.conflict_loser_count, 0) as call_count,
    coalesce(copies.duplicate_count, 0) as duplicate_count,
    coalesce(copies.conflict_loser_count, 0) as conflict_loser_count,
    records.rejected_record_count,
    records.odd_record_count
from records
left join copies
    on records.file_id = copies.file_id
    and records.month = copies.month
