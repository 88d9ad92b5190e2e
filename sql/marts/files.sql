-- grain: one row per file read, or per member of an archive
-- key: file
-- The books: lines = blank + bodies' + rejects'; records = calls + duplicates
-- + conflicts + rejected_records; of a file whose twin was read, all are
-- duplicates. Warnings: lines with bytes that were not UTF-8, and records kept
-- with a member that does not read. A month lists the files with records of it
-- or of its neighbours, and all files without dated records.
with

books as (
    select
        file_id,
        min(case when month > undated() then month end) as first_month,
        max(case when month > undated() then month end) as last_month,
        sum(call_count) as call_count,
        sum(duplicate_count) as duplicate_count,
        sum(conflict_loser_count) as conflict_loser_count,
        sum(rejected_record_count) as rejected_record_count,
        sum(odd_record_count) as odd_record_count
    from calls.duplicates
    group by file_id
)

select
    files.file,
    files.sha256,
    files.bytes,
    files.line_count as lines,
    files.blank_line_count as blank_lines,
    files.body_count as bodies,
    files.record_count as records,
    cast(coalesce(books.call_count, 0) as bigint) as calls,
    case
        when files.status = 'copy' then files.record_count
        else cast(coalesce(books.duplicate_count, 0) as bigint)
    end as duplicates,
    cast(coalesce(books.conflict_loser_count, 0) as bigint) as conflicts,
    cast(coalesce(books.rejected_record_count, 0) as bigint) as rejected_records,
    files.event_count as events,
    files.message_count as messages,
    files.status_count as statuses,
    files.reject_count + cast(coalesce(books.rejected_record_count, 0) as bigint) as rejects,
    files.repaired_line_count + cast(coalesce(books.odd_record_count, 0) as bigint) as warnings,
    files.status,
    cast(books.first_month - interval 1 month as date) as month_from,
    cast(books.last_month + interval 1 month as date) as month_to
from staging.files as files
left join books
    on files.file_id = books.file_id
