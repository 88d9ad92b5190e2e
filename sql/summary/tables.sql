-- The tables kept by hand that the charges were made with.
select name, file, sha256, row_count as rows
from marts.input_tables
where $1 is not null
order by name
