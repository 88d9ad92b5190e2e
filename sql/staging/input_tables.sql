-- grain: one row per table kept by hand that was read
-- key: name
-- What charges rest on beside the archive.
select name, file, sha256, row_count
from raw.input_tables
