-- grain: one row per file and month of its records
-- key: file_id, month
-- What became of each record of a file: the books of the deduplication.
select
    staged.file_id,
    staged.month,
    count(*) as record_count,
    count(case when staged.reject_reason is null and coalesce(copies.role, 'call') = 'call' then 1 end) as call_count,
    count(case when copies.role = 'duplicate' then 1 end) as duplicate_count,
    count(case when copies.role = 'conflict_loser' then 1 end) as conflict_loser_count,
    count(staged.reject_reason) as rejected_record_count,
    count(case when staged.reject_reason is null then staged.odd_members end) as odd_record_count
from staging.fee_records as staged
left join identity.copies as copies
    on staged.file_id = copies.file_id
    and staged.body_no = copies.body_no
    and staged.record_no = copies.record_no
where staged.month in (select month from raw.build_scope)
group by staged.file_id, staged.month
