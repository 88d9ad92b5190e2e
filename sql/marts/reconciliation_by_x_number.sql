-- grain: one row per item, X number and bill month, where the bill names numbers
-- key: month, item, x_number
-- only with: bills
-- A bill whose resource is the X number can be held against it number by number.
with

billed as (
    select * from allocated.bill_numbers where is_x_number(x_number)
),

named as (
    select month, item from billed group by month, item
),

ours as (
    select
        charges.month, 'call' as item, charges.x_number,
        sum(charges.billed_min) as quantity, sum(charges.call_charge_cny) as amount_cny
    from summed.daily_charges as charges
    where charges.billed_min > 0
    group by charges.month, charges.x_number
    union all
    select month, 'sms_' || number_kind, x_number, sum(sms_count), sum(sms_charge_cny)
    from summed.daily_charges
    where mode = 'SMS' and sms_count > 0
    group by month, 'sms_' || number_kind, x_number
    union all
    select month, 'rent_' || number_kind, x_number, 1, sum(rent_cny)
    from summed.daily_charges
    where mode = 'RENT'
    group by month, 'rent_' || number_kind, x_number
),

ours_named as (
    select ours.*
    from ours
    inner join named
        on ours.month = named.month
        and ours.item = named.item
)

select
    coalesce(ours.month, billed.month) as month,
    coalesce(ours.item, billed.item) as item,
    coalesce(ours.x_number, billed.x_number) as x_number,
    cast(coalesce(ours.quantity, 0) as decimal(18, 0)) as ours_quantity,
    cast(coalesce(billed.quantity, 0) as decimal(18, 2)) as bill_quantity,
    cast(coalesce(ours.amount_cny, 0) as decimal(18, 2)) as ours_cny,
    cast(coalesce(billed.amount_cny, 0) as decimal(18, 8)) as bill_cny,
    cast(coalesce(billed.amount_cny, 0) - coalesce(ours.amount_cny, 0) as decimal(18, 8)) as diff_cny,
    case
        when billed.x_number is null then 'ours_only'
        when ours.x_number is null then 'bill_only'
        when billed.quantity = ours.quantity and billed.amount_cny = ours.amount_cny then 'matched'
        else 'differs'
    end as status
from ours_named as ours
full join billed
    on ours.month = billed.month
    and ours.item = billed.item
    and ours.x_number = billed.x_number
