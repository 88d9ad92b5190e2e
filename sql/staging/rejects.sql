-- grain: one row per piece of a file that is no callback
-- key: file_id, body_no
-- Numbers of people are hidden; the whole text stays in raw.
select
    file_id,
    body_no,
    line,
    reason,
    case
        -- What the reader says of a file is its own words and byte counts.
        when reason like 'corrupt%' or reason like 'gzip%' or reason like 'zip%' then detail
        else hide_numbers(left(detail, 200))
    end as detail
from raw.rejects
