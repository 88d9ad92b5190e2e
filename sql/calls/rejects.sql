-- grain: one row per call record that cannot be charged rightly
-- key: file_id, body_no, record_no
-- made by: file
-- Refused with a reason instead of charged by a guess.
select
    file_id,
    body_no,
    record_no,
    line,
    reject_reason as reason,
    month
from staging.fee_records
where reject_reason is not null
    and month in (select month from raw.build_scope)
