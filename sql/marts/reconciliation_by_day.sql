-- grain: one row per day and item, where the bill tells days
-- key: month, date, item
-- Between the month and the settlement hour.
select
    month,
    cast(slot_at as date) as date,
    item,
    cast(sum(ours_quantity) as decimal(18, 0)) as ours_quantity,
    cast(sum(bill_quantity) as decimal(18, 2)) as bill_quantity,
    cast(sum(ours_package_quantity) as decimal(18, 0)) as ours_package_quantity,
    cast(sum(bill_package_quantity) as decimal(18, 2)) as bill_package_quantity,
    cast(sum(ours_cny) as decimal(18, 2)) as ours_cny,
    cast(sum(bill_cny) as decimal(18, 8)) as bill_cny,
    cast(sum(bill_cny - ours_cny) as decimal(18, 8)) as diff_cny
from matched.slots
where slot_grain in ('hour', 'day')
group by month, cast(slot_at as date), item
