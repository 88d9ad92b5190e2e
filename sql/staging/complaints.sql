-- grain: one row per complaint, with its bill month
-- key: line
-- made by: month
-- Numbers of people and remarks stay in raw.
select
    line,
    complaint_date,
    x_number,
    nullif(type, '') as type,
    nullif(source, '') as source,
    month_of(complaint_date) as month
from raw.complaints
