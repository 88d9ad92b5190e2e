-- grain: one row per table kept by hand that the charges were made with
-- key: name
-- Told with every report: a table read after the last build is not in it.
select name, file, sha256, row_count
from staging.input_tables
