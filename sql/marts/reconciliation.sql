-- grain: one row per item and bill month that has a bill
-- key: month, item
-- only with: bills
-- Ours beside the vendor's bill. Refunds, adjustments and rows listed twice are
-- in the bill's columns, since they are in its total.
with

charges as (
    select month, item, sum(ours_quantity) as ours_quantity, sum(ours_cny) as ours_cny
    from matched.slots
    group by month, item
    union all
    select months.month, 'package', count(packages.package_id), coalesce(sum(packages.price_cny), 0)
    from (select month from allocated.bill_usage where is_in_force group by month) as months
    left join staging.packages as packages
        on packages.item = 'call'
        and month_of(coalesce(packages.bought_at, packages.starts_at)) = months.month
    group by months.month
),

billed as (
    select month, item, sum(case when item = 'package' then line_count else quantity end) as bill_quantity, sum(amount_cny) as bill_cny
    from allocated.bill_usage
    where is_billed
    group by month, item
),

reasons as (
    select
        month, item,
        -- Slot by slot, so that more here and less there do not cancel in silence.
        sum(case when reason in ('unexplained', 'unmapped_row') then abs(diff_cny) else 0 end) as unexplained_cny
    from reasoned.reasons
    group by month, item
)

select
    coalesce(charges.month, billed.month) as month,
    coalesce(charges.item, billed.item) as item,
    cast(coalesce(charges.ours_quantity, 0) as decimal(18, 0)) as ours_quantity,
    cast(coalesce(billed.bill_quantity, 0) as decimal(18, 2)) as bill_quantity,
    cast(coalesce(charges.ours_cny, 0) as decimal(18, 2)) as ours_cny,
    cast(coalesce(billed.bill_cny, 0) as decimal(18, 8)) as bill_cny,
    cast(coalesce(billed.bill_cny, 0) - coalesce(charges.ours_cny, 0) as decimal(18, 8)) as diff_cny,
    case
        when coalesce(reasons.unexplained_cny, 0) <> 0 then 'unexplained'
        when coalesce(billed.bill_cny, 0) = coalesce(charges.ours_cny, 0)
            and coalesce(billed.bill_quantity, 0) = coalesce(charges.ours_quantity, 0) then 'matched'
        when billed.item is null then 'ours_only'
        when charges.item is null then 'bill_only'
        else 'explained'
    end as status
from charges
full join billed
    on charges.month = billed.month
    and charges.item = billed.item
left join reasons
    on coalesce(charges.month, billed.month) = reasons.month
    and coalesce(charges.item, billed.item) = reasons.item
where coalesce(charges.ours_quantity, 0) <> 0 or coalesce(charges.ours_cny, 0) <> 0 or billed.item is not null
