-- grain: one row per X number of the number table given
-- key: x_number
-- changes with: numbers
-- Empty dates mean: issued before all records, not returned.
select
    x_number,
    number_kind,
    nullif(app_key, '') as app_key,
    nullif(city, '') as city,
    issued_date,
    returned_date,
    line
from raw.numbers
