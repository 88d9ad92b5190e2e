-- grain: one row per day and item, where the bill tells days
-- key: month, date, item
-- only with: bills
-- Between the month and the settlement hour. The bill's columns hold all its rows,
-- those listed twice, refunds and adjustments too.
with

slots as (
    select
        month, cast(slot_at as date) as date, item,
        ours_quantity, bill_quantity, ours_package_quantity, bill_package_quantity, ours_cny,
        cast(0 as decimal(28, 10)) as diff_cny
    from matched.slots
    where slot_grain in ('hour', 'day')
),

-- A month that is told as a whole has no days, whatever its rows say.
monthly as (
    select month, item from matched.slots where slot_grain = 'month' group by month, item
),

reasons as (
    select
        reasons.month, cast(reasons.slot_at as date) as date, reasons.item,
        0 as ours_quantity,
        case when is_beside_slot(reasons.item, reasons.reason) then reasons.quantity else 0 end as bill_quantity,
        0 as ours_package_quantity, 0 as bill_package_quantity, 0 as ours_cny,
        reasons.diff_cny
    from reasoned.reasons as reasons
    left join monthly
        on reasons.month = monthly.month
        and reasons.item = monthly.item
    where monthly.item is null and reasons.item <> 'package'
)

select
    month, date, item,
    cast(sum(ours_quantity) as decimal(18, 0)) as ours_quantity,
    cast(sum(bill_quantity) as decimal(18, 2)) as bill_quantity,
    cast(sum(ours_package_quantity) as decimal(18, 0)) as ours_package_quantity,
    cast(sum(bill_package_quantity) as decimal(18, 2)) as bill_package_quantity,
    cast(sum(ours_cny) as decimal(18, 2)) as ours_cny,
    cast(sum(ours_cny + diff_cny) as decimal(18, 8)) as bill_cny,
    cast(sum(diff_cny) as decimal(18, 8)) as diff_cny
from (
    select * from slots
    union all
    select * from reasons
) as days
group by month, date, item
