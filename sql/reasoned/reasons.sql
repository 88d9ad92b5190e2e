-- grain: one row per bill month, item, slot and reason that bill and charges differ
-- key: month, item, slot_at, reason
-- only with: bills
-- The reasons of a slot exclude each other and add up to bill less ours. Units
-- first: what events, neighbouring hours, disputed records, 0-second calls and
-- the month's edge account for, the rest is missing here or extra here. Units
-- that both sides drew from packages cost nothing. Then money: package, discount,
-- price, cutting; what is left is the bill's own arithmetic, or has no reason.
with

evidence as (
    select
        slots.month, slots.item, slots.slot_at,
        sum(counts.lost_min) as lost_min,
        sum(counts.conflict_more_min) as conflict_more_min,
        sum(counts.conflict_less_min) as conflict_less_min,
        -- Under the rule in force, and what the other moment would move here.
        sum(case when settings.settle_by = 'answer' then counts.answer_zero_count else counts.end_zero_count end) as zero_count,
        sum(case when settings.settle_by = 'answer' then counts.end_min - counts.answer_min else counts.answer_min - counts.end_min end) as moment_shift_min
    from matched.slots as slots
    inner join rated.hour_counts as counts
        on slots.slot_at = slot_of(slots.slot_grain, slots.month, counts.hour_at)
        and (slots.slot_grain = 'hour' or month_of(counts.hour_at) = slots.month)
    cross join staging.settings as settings
    where slots.item = 'call'
    group by slots.month, slots.item, slots.slot_at
),

-- A row without an item stands for what has its price.
unmapped as (
    select
        slots.month, slots.item, slots.slot_at,
        sum(rows.quantity) as unmapped_quantity
    from matched.slots as slots
    inner join allocated.bill_usage as rows
        on slots.month = rows.month
        and slots.slot_at = slot_of(slots.slot_grain, rows.month, rows.usage_start_at)
        and (rows.unit_price_cny < 0 or rows.unit_price_cny in (slots.price_cny, slots.net_price_cny))
    where rows.is_in_force and rows.item = 'unmapped'
    group by slots.month, slots.item, slots.slot_at
),

differing as (
    select
        slots.*,
        slots.bill_quantity - slots.ours_quantity as units,
        slots.bill_package_quantity - slots.ours_package_quantity as package_units,
        slots.bill_cny - slots.ours_cny as diff_cny,
        coalesce(evidence.lost_min, 0) as lost_min,
        coalesce(evidence.conflict_more_min, 0) as conflict_more_min,
        coalesce(evidence.conflict_less_min, 0) as conflict_less_min,
        case when settings.zero_second_min = 0 then coalesce(evidence.zero_count, 0) else 0 end as zero_uncharged,
        case when settings.zero_second_min = 1 then coalesce(evidence.zero_count, 0) else 0 end as zero_charged,
        case
            when slots.slot_grain <> 'hour' then coalesce(evidence.moment_shift_min, 0)
            when slots.slot_at = slots.month or slots.slot_at = slots.month + interval 1 month - interval 1 hour then coalesce(evidence.moment_shift_min, 0)
            else 0
        end as edge_shift_min,
        coalesce(unmapped.unmapped_quantity, 0) as unmapped_quantity
    from matched.slots as slots
    cross join staging.settings as settings
    left join evidence
        on slots.month = evidence.month
        and slots.item = evidence.item
        and slots.slot_at = evidence.slot_at
    left join unmapped
        on slots.month = unmapped.month
        and slots.item = unmapped.item
        and slots.slot_at = unmapped.slot_at
),

-- The other kind of number: what one has too much, the other has too little.
kinds as (
    select
        month,
        case when item like 'rent%' then 'rent' else 'sms' end as family,
        slot_at,
        sum(case when item like '%carrier' then units else 0 end) as carrier_units,
        sum(case when item like '%virtual' then units else 0 end) as virtual_units
    from differing
    where item <> 'call'
    group by month, case when item like 'rent%' then 'rent' else 'sms' end, slot_at
),

told as (
    select
        differing.*,
        taken(differing.units, differing.lost_min, 0) as missing_told,
        opposite(differing.units, case when differing.item like '%carrier' then kinds.virtual_units else kinds.carrier_units end) as kind_units
    from differing
    left join kinds
        on differing.item <> 'call'
        and differing.month = kinds.month
        and kinds.family = case when differing.item like 'rent%' then 'rent' else 'sms' end
        and differing.slot_at = kinds.slot_at
),

-- Neighbouring hours that cancel: pairs that begin at even hours, then at odd.
rest_1 as (
    select
        *,
        units - missing_told - coalesce(kind_units, 0) as rest,
        date_part('hour', slot_at) % 2 = 0 as is_even
    from told
),

even_pairs as (
    select
        one.*,
        case when one.slot_grain = 'hour' then opposite(one.rest, other.rest) else 0 end as even_moved
    from rest_1 as one
    left join rest_1 as other
        on one.month = other.month
        and one.item = other.item
        and other.slot_at = case when one.is_even then one.slot_at + interval 1 hour else one.slot_at - interval 1 hour end
),

odd_pairs as (
    select
        one.*,
        case when one.slot_grain = 'hour' then opposite(one.rest - one.even_moved, other.rest - other.even_moved) else 0 end as odd_moved
    from even_pairs as one
    left join even_pairs as other
        on one.month = other.month
        and one.item = other.item
        and other.slot_at = case when one.is_even then one.slot_at - interval 1 hour else one.slot_at + interval 1 hour end
),

moved as (
    select *, coalesce(even_moved, 0) + coalesce(odd_moved, 0) as hour_moved
    from odd_pairs
),

disputed as (
    select *, taken(rest - hour_moved, conflict_more_min, conflict_less_min) as conflict_units
    from moved
),

zeroed as (
    select *, taken(rest - hour_moved - conflict_units, zero_uncharged, zero_charged) as zero_units
    from disputed
),

edged as (
    select *, taken(rest - hour_moved - conflict_units - zero_units, greatest(0, edge_shift_min), greatest(0, -edge_shift_min)) as edge_units
    from zeroed
),

unnamed as (
    select *, taken(rest - hour_moved - conflict_units - zero_units - edge_units, 0, unmapped_quantity) as unmapped_units
    from edged
),

remaining as (
    select
        *,
        rest - hour_moved - conflict_units - zero_units - edge_units - unmapped_units as last_units,
        -- Units both sides took from packages: they cost nothing on either.
        case
            when units > 0 and package_units > 0 then least(units, package_units)
            when units < 0 and package_units < 0 then greatest(units, package_units)
            else 0
        end as covered_units
    from unnamed
),

unit_reasons as (
    select month, item, slot_at, net_price_cny, units - covered_units as paid_units, 1 as place, 'cdr_missing' as reason, missing_told as quantity from remaining
    union all
    select month, item, slot_at, net_price_cny, units - covered_units, 2, 'number_kind', coalesce(kind_units, 0) from remaining
    union all
    select month, item, slot_at, net_price_cny, units - covered_units, 3, 'hour_border', hour_moved from remaining
    union all
    select month, item, slot_at, net_price_cny, units - covered_units, 4, 'conflict_version', conflict_units from remaining
    union all
    select month, item, slot_at, net_price_cny, units - covered_units, 5, 'zero_second_call', zero_units from remaining
    union all
    select month, item, slot_at, net_price_cny, units - covered_units, 6, 'month_border', edge_units from remaining
    union all
    select month, item, slot_at, net_price_cny, units - covered_units, 7, 'unmapped_row', unmapped_units from remaining
    union all
    select
        month, item, slot_at, net_price_cny, units - covered_units, 8,
        case
            when item like 'sms%' then 'sms_parts'
            when item like 'rent%' then 'rent_numbers'
            when last_units > 0 then 'cdr_missing'
            else 'extra_here'
        end,
        last_units
    from remaining
),

-- All reasons of a slot have the sign of its units, so they take turns paying.
paid_reasons as (
    select
        month, item, slot_at, reason, quantity, net_price_cny, place,
        case
            when quantity > 0 then greatest(0, least(quantity, paid_units - quantity_before))
            else least(0, greatest(quantity, paid_units - quantity_before))
        end as paid_quantity
    from (
        select
            *,
            coalesce(sum(quantity) over (
                partition by month, item, slot_at order by place rows between unbounded preceding and 1 preceding
            ), 0) as quantity_before
        from unit_reasons
        where quantity <> 0
    ) as placed
),

-- Our list price and discount are those of the slot's own prices; units that
-- differ are priced at the slot's usual price.
priced as (
    select
        *,
        (units - package_units) * net_price_cny as units_cny,
        -(package_units - covered_units) * net_price_cny as package_cny,
        ours_list_payable_cny - ours_exact_cny + (units - package_units) * (price_cny - net_price_cny) - bill_discount_cny as discount_gap_cny,
        bill_official_cny - ours_list_payable_cny - (units - package_units) * price_cny as list_gap_cny,
        ours_residue_cny - bill_erased_cny as cutting_cny
    from remaining
),

-- A bill that tells no discount may show prices after it: what one gap lacks
-- the other has.
money as (
    select
        *,
        case when bill_discount_cny = 0 then opposite(discount_gap_cny, list_gap_cny) else 0 end as netted_cny
    from priced
),

leftover as (
    select *, 'list' as gap, list_gap_cny + netted_cny as left_cny
    from money
    union all
    select *, 'amount', diff_cny - units_cny - discount_gap_cny - list_gap_cny - cutting_cny
    from money
),

row_reasons as (
    select
        month,
        item,
        date_trunc('hour', usage_start_at) as slot_at,
        case
            when line_status = 'duplicate' then 'duplicate_row'
            when item = 'unmapped' then 'unmapped_row'
            else row_class
        end as reason,
        quantity,
        amount_cny as diff_cny
    from allocated.bill_usage
    where is_billed and (not is_in_force or row_class <> 'charge' or item = 'unmapped')
),

bought as (
    select month_of(coalesce(bought_at, starts_at)) as month, count(*) as package_count, sum(price_cny) as price_cny
    from staging.packages
    where item = 'call'
    group by month_of(coalesce(bought_at, starts_at))
),

billed_packages as (
    select
        month,
        sum(case when item = 'package' and row_class = 'charge' then line_count else 0 end) as package_count,
        sum(case when item = 'package' and row_class = 'charge' then amount_cny else 0 end) as price_cny
    from allocated.bill_usage
    where is_in_force
    group by month
),

reasons as (
    select
        month, item, slot_at, reason, quantity, paid_quantity * net_price_cny as diff_cny,
        -- Events show that these minutes were used: nothing to claim.
        case when place = 1 then paid_quantity * net_price_cny else 0 end as shown_cny
    from paid_reasons
    union all
    select month, item, slot_at, 'package_timing', package_units - covered_units, package_cny, 0
    from money
    where package_units <> covered_units
    union all
    select month, item, slot_at, 'discount', 0, discount_gap_cny - netted_cny, 0
    from money
    where discount_gap_cny <> netted_cny
    union all
    select month, item, slot_at, 'cutting', 0, cutting_cny, 0
    from money
    where cutting_cny <> 0
    union all
    select
        month, item, slot_at,
        case
            when gap = 'list' and (has_several_prices or bill_least_price_cny <> price_cny or bill_most_price_cny <> price_cny) then 'price'
            when bare_row_count > 0 then 'amount_missing'
            -- Rows are cut, or rounded, one by one.
            when left_cny > -0.01 * greatest(1, bill_row_count) and left_cny <= 0.005 * greatest(1, bill_row_count) then 'cutting'
            when gap = 'amount' then 'bill_arithmetic'
            when bill_least_price_cny is null and bill_quantity = ours_quantity then 'price'
            else 'unexplained'
        end,
        0, left_cny, 0
    from leftover
    where left_cny <> 0
    union all
    select month, item, slot_at, reason, quantity, diff_cny, 0
    from row_reasons
    union all
    select
        billed_packages.month, 'package', cast(billed_packages.month as timestamp), 'package_purchase',
        billed_packages.package_count - coalesce(bought.package_count, 0),
        billed_packages.price_cny - coalesce(bought.price_cny, 0),
        0
    from billed_packages
    left join bought
        on billed_packages.month = bought.month
    where billed_packages.price_cny <> coalesce(bought.price_cny, 0)
        or billed_packages.package_count <> coalesce(bought.package_count, 0)
)

select
    month,
    item,
    slot_at,
    reason,
    cast(sum(quantity) as decimal(24, 8)) as quantity,
    cast(sum(diff_cny) as decimal(28, 10)) as diff_cny,
    cast(sum(shown_cny) as decimal(28, 10)) as shown_cny
from reasons
group by month, item, slot_at, reason
having sum(quantity) <> 0 or sum(diff_cny) <> 0
