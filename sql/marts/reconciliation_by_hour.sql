-- grain: one row per slot and item in which bill and charges differ in anything
-- key: month, slot_at, item
-- only with: bills
-- The settlement hours to look at; all others agree in quantity, package and
-- money. The bill's columns hold all its rows, those listed twice, refunds and
-- adjustments too, so that the differences add up to the month's. Of a package's
-- purchase only the difference is told.
with

reasons as (
    select
        month, item, slot_at,
        count(*) as reason_count,
        max(reason) as reason,
        sum(diff_cny) as diff_cny,
        sum(case when is_beside_slot(item, reason) then quantity else 0 end) as row_quantity
    from reasoned.reasons
    group by month, item, slot_at
)

select
    reasons.month,
    reasons.slot_at,
    reasons.item,
    coalesce(slots.slot_grain, case when reasons.item = 'package' then 'month' else 'hour' end) as slot_grain,
    cast(coalesce(slots.ours_quantity, 0) as decimal(18, 0)) as ours_quantity,
    cast(coalesce(slots.bill_quantity, 0) + reasons.row_quantity as decimal(18, 2)) as bill_quantity,
    cast(coalesce(slots.ours_package_quantity, 0) as decimal(18, 0)) as ours_package_quantity,
    cast(coalesce(slots.bill_package_quantity, 0) as decimal(18, 2)) as bill_package_quantity,
    cast(coalesce(slots.ours_cny, 0) as decimal(18, 2)) as ours_cny,
    cast(coalesce(slots.ours_cny, 0) + reasons.diff_cny as decimal(18, 8)) as bill_cny,
    cast(reasons.diff_cny as decimal(18, 8)) as diff_cny,
    case when reasons.reason_count = 1 then reasons.reason else 'several' end as reason
from reasons
left join matched.slots as slots
    on reasons.month = slots.month
    and reasons.item = slots.item
    and reasons.slot_at = slots.slot_at
