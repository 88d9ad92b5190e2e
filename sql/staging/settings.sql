-- grain: one row
-- key: settle_by
-- The rules of money that are settings, typed.
select
    max(case when name = 'settle_by' then value end) as settle_by,
    cast(max(case when name = 'zero_second_min' then value end) as integer) as zero_second_min
from raw.settings
