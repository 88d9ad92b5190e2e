-- grain: one row per package and item it holds
-- key: package_id, item
-- Minutes count for both kinds of number, messages for virtual-carrier numbers
-- only (price page, 套餐包).
select package_id, 'call' as item, minutes as bought_quantity, price_cny, bought_at, starts_at, ends_at
from raw.packages
union all
select package_id, 'sms_virtual' as item, messages as bought_quantity, price_cny, bought_at, starts_at, ends_at
from raw.packages
