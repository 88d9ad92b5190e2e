-- grain: one row per bill month, item and time slot, ours beside the bill's
-- key: month, item, slot_at
-- only with: bills
-- A slot is an hour where every row of the item is of an hour, else a day, else
-- the month: the finest time the bill itself tells. Only rows that charge stand
-- in the bill's columns; refunds, adjustments and repeats are told row by row
-- (see reasoned.reasons). Months without a bill have no slots. A slot with several
-- of our prices shows the one with the most units.
with

billed_rows as (
    select *
    from allocated.bill_usage
    where is_in_force and row_class = 'charge' and item <> 'package'
),

bill_rows as (
    select * from billed_rows where item <> 'unmapped'
),

grains as (
    select
        month, item,
        case
            when item like 'rent%' then 'month'
            when max(case when usage_end_at > date_trunc('hour', usage_start_at) + interval 1 hour then 1 else 0 end) = 0 then 'hour'
            when max(case when usage_end_at > date_trunc('day', usage_start_at) + interval 1 day then 1 else 0 end) = 0 then 'day'
            else 'month'
        end as slot_grain
    from billed_rows
    group by month, item
),

billed_months as (
    select month from allocated.bill_usage where is_in_force group by month
),

item_grains as (
    select
        billed_months.month, items.item,
        -- An item that is not on the bill may be its rows without an item.
        coalesce(
            grains.slot_grain, case when items.item like 'rent%' then 'month' end, unmapped_grains.slot_grain, 'hour'
        ) as slot_grain
    from billed_months
    cross join (values ('call'), ('sms_carrier'), ('sms_virtual'), ('rent_carrier'), ('rent_virtual')) as items (item)
    left join grains
        on billed_months.month = grains.month
        and items.item = grains.item
    left join grains as unmapped_grains
        on billed_months.month = unmapped_grains.month
        and unmapped_grains.item = 'unmapped'
),

bill as (
    select
        rows.month, rows.item,
        slot_of(item_grains.slot_grain, rows.month, rows.usage_start_at) as slot_at,
        sum(rows.line_count) as bill_row_count,
        sum(rows.quantity) as quantity,
        sum(rows.package_quantity) as package_quantity,
        sum(rows.official_cny) as official_cny,
        sum(rows.discount_cny) as discount_cny,
        sum(rows.erased_cny) as erased_cny,
        sum(rows.amount_cny) as charge_cny,
        min(case when rows.unit_price_cny >= 0 then rows.unit_price_cny end) as least_price_cny,
        max(case when rows.unit_price_cny >= 0 then rows.unit_price_cny end) as most_price_cny,
        sum(case when rows.is_amount_missing then rows.line_count else 0 end) as bare_row_count
    from bill_rows as rows
    inner join item_grains
        on rows.month = item_grains.month
        and rows.item = item_grains.item
    group by rows.month, rows.item, slot_of(item_grains.slot_grain, rows.month, rows.usage_start_at)
),

ranked as (
    select
        hours.*,
        slot_of(item_grains.slot_grain, hours.month, hours.hour_at) as slot_at,
        row_number() over (
            partition by hours.month, hours.item, slot_of(item_grains.slot_grain, hours.month, hours.hour_at)
            order by hours.quantity desc, hours.price_line, hours.hour_at
        ) as rank_in_slot
    from settled.hours as hours
    inner join item_grains
        on hours.month = item_grains.month
        and hours.item = item_grains.item
    where hours.quantity > 0
),

ours as (
    select
        month, item, slot_at,
        sum(quantity) as quantity,
        sum(package_quantity) as package_quantity,
        sum(payable_quantity * price_cny) as list_payable_cny,
        sum(payable_quantity * net_price_cny) as exact_cny,
        sum(charge_cny) as charge_cny,
        sum(residue_cny) as residue_cny,
        max(case when rank_in_slot = 1 then price_cny end) as price_cny,
        max(case when rank_in_slot = 1 then net_price_cny end) as net_price_cny,
        min(price_cny) as least_price_cny,
        max(price_cny) as most_price_cny
    from ranked
    group by month, item, slot_at
),

-- What a unit costs where we have none in the slot.
usual_prices as (
    select months.month, prices.item_name as item, prices.price_cny, prices.net_price_cny
    from billed_months as months
    inner join (
        select
            case item when 'call' then 'call' else item || '_' || number_kind end as item_name,
            price_cny, net_price_cny, valid_from_at, valid_to_at
        from staging.prices
        where app_key = '' and mode = '' and not (item = 'call' and number_kind = 'virtual')
    ) as prices
        on prices.valid_from_at <= months.month
        and prices.valid_to_at > months.month
)

select
    coalesce(ours.month, bill.month) as month,
    coalesce(ours.item, bill.item) as item,
    coalesce(ours.slot_at, bill.slot_at) as slot_at,
    item_grains.slot_grain,
    cast(coalesce(ours.quantity, 0) as decimal(24, 8)) as ours_quantity,
    cast(coalesce(ours.package_quantity, 0) as decimal(24, 8)) as ours_package_quantity,
    cast(coalesce(ours.charge_cny, 0) as decimal(24, 8)) as ours_cny,
    cast(coalesce(ours.residue_cny, 0) as decimal(24, 10)) as ours_residue_cny,
    cast(coalesce(ours.price_cny, usual_prices.price_cny) as decimal(12, 6)) as price_cny,
    cast(coalesce(ours.net_price_cny, usual_prices.net_price_cny) as decimal(18, 10)) as net_price_cny,
    coalesce(ours.least_price_cny <> ours.most_price_cny, false) as has_several_prices,
    cast(coalesce(ours.list_payable_cny, 0) as decimal(28, 10)) as ours_list_payable_cny,
    cast(coalesce(ours.exact_cny, 0) as decimal(28, 10)) as ours_exact_cny,
    cast(coalesce(bill.bill_row_count, 0) as bigint) as bill_row_count,
    cast(coalesce(bill.quantity, 0) as decimal(24, 8)) as bill_quantity,
    cast(coalesce(bill.package_quantity, 0) as decimal(24, 8)) as bill_package_quantity,
    cast(coalesce(bill.official_cny, 0) as decimal(24, 8)) as bill_official_cny,
    cast(coalesce(bill.discount_cny, 0) as decimal(24, 8)) as bill_discount_cny,
    cast(coalesce(bill.erased_cny, 0) as decimal(24, 8)) as bill_erased_cny,
    cast(coalesce(bill.charge_cny, 0) as decimal(24, 8)) as bill_cny,
    bill.least_price_cny as bill_least_price_cny,
    bill.most_price_cny as bill_most_price_cny,
    cast(coalesce(bill.bare_row_count, 0) as bigint) as bare_row_count
from ours
full join bill
    on ours.month = bill.month
    and ours.item = bill.item
    and ours.slot_at = bill.slot_at
inner join item_grains
    on coalesce(ours.month, bill.month) = item_grains.month
    and coalesce(ours.item, bill.item) = item_grains.item
left join usual_prices
    on coalesce(ours.month, bill.month) = usual_prices.month
    and coalesce(ours.item, bill.item) = usual_prices.item
