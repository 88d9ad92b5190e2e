-- grain: one row per rule of the bill's item table given
-- key: rule_no
-- changes with: bills
select
    line as rule_no,
    coalesce(pattern, '') as pattern,
    coalesce(product, '') as product,
    coalesce(usage_type, '') as usage_type,
    coalesce(unit, '') as unit,
    coalesce(charging_mode, '') as charging_mode,
    item
from raw.bill_items
