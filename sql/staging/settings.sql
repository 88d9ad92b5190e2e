-- grain: one row
-- key: settle_by
-- The rules of money that are settings, typed, and the month the build runs in.
select
    cast(max(case when name = 'current_month' then value end) as date) as current_month,
    max(case when name = 'settle_by' then value end) as settle_by,
    max(case when name = 'split_rule' then value end) as split_rule,
    cast(max(case when name = 'zero_second_min' then value end) as integer) as zero_second_min,
    cast(max(case when name = 'complaint_limit_pct' then value end) as decimal(9, 4)) as complaint_limit_pct,
    cast(max(case when name = 'complaint_limit_faq_pct' then value end) as decimal(9, 4)) as complaint_limit_faq_pct
from raw.settings
