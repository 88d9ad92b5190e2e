-- grain: one row per status notice of an X number
-- key: month, x_number, file, line, body_no, notice_no
-- 5 normal, 9 suspended, 10 unavailable, 11 binding frozen (domain 4).
select
    staged.x_number,
    coalesce(staged.app_key, '(none)') as app_key,
    staged.status_code,
    staged.cause_code,
    files.file,
    staged.line,
    staged.body_no,
    staged.notice_no,
    staged.month,
    staged.received_at
from staging.number_status as staged
inner join staging.files as files
    on staged.file_id = files.file_id
where staged.month in (select month from raw.build_scope)
    and staged.x_number is not null
