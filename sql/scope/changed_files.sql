-- grain: one row per file that came since the last build, or holds a record of a call that changed
-- key: file_id
select file_id
from changed_records
union
select file_id
from raw.files
where file_id > getvariable('built_to_file')
