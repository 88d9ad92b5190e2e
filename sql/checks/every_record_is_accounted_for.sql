-- Records read = calls + duplicates + conflict losers + rejects, per file.
-- (A copy of a file that was read has no books of its own.) Without it a lost or doubled
-- record would change a bill in silence. The books' calls are what is left of the records;
-- every_call_is_kept_once holds them against the calls themselves.
select
    files.file,
    files.record_count,
    coalesce(sum(books.record_count), 0) as booked_count,
    coalesce(sum(books.call_count + books.duplicate_count + books.conflict_loser_count + books.rejected_record_count), 0) as explained_count
from staging.files as files
left join calls.duplicates as books
    on files.file_id = books.file_id
where files.status <> 'copy'
group by files.file_id, files.file, files.record_count
having files.record_count <> coalesce(sum(books.record_count), 0)
    or files.record_count <> coalesce(sum(books.call_count + books.duplicate_count + books.conflict_loser_count + books.rejected_record_count), 0)
