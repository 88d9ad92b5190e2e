-- grain: one row per piece of a file that is no callback
-- key: file_id, body_no
-- Numbers of people are hidden; the whole text stays in raw.
select
    file_id,
    body_no,
    line,
    reason,
    hide_numbers(left(detail, 200)) as detail
from raw.rejects
