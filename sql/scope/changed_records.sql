-- grain: one row per call of which a record came since the last build, month and file that hold records of it
-- key: call_id, month, file_id
-- Every record that can change which one is the call, of whatever month.
select distinct call_id, month, file_id
from raw.fee_records
where call_id in (
    select call_id
    from raw.fee_records
    where file_id > getvariable('built_to_file')
)
