-- grain: one row per slot and item in which bill and charges differ in anything
-- key: month, slot_at, item
-- The settlement hours to look at; all others agree in quantity, package and
-- money.
with

reasons as (
    select
        month, item, slot_at,
        count(*) as reason_count,
        max(reason) as reason,
        max(case when reason = 'cdr_missing' then quantity end) as missing_min
    from reasoned.reasons
    group by month, item, slot_at
)

select
    slots.month,
    slots.slot_at,
    slots.item,
    slots.slot_grain,
    cast(slots.ours_quantity as decimal(18, 0)) as ours_quantity,
    cast(slots.bill_quantity as decimal(18, 2)) as bill_quantity,
    cast(slots.ours_package_quantity as decimal(18, 0)) as ours_package_quantity,
    cast(slots.bill_package_quantity as decimal(18, 2)) as bill_package_quantity,
    cast(slots.ours_cny as decimal(18, 2)) as ours_cny,
    cast(slots.bill_cny as decimal(18, 8)) as bill_cny,
    cast(slots.bill_cny - slots.ours_cny as decimal(18, 8)) as diff_cny,
    case when reasons.reason_count = 1 then reasons.reason else 'several' end as reason
from matched.slots as slots
inner join reasons
    on slots.month = reasons.month
    and slots.item = reasons.item
    and slots.slot_at = reasons.slot_at
