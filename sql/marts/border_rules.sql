-- grain: one row per pair of undocumented rules and bill month
-- key: month, settle_by, zero_second_min
-- only with: bills
-- Which moment settles a call, and what a call of 0 seconds costs, told by the
-- bill: the pair whose hours differ least from it. Never switched by itself.
with

hours as (
    select
        hour_at,
        sum(end_min) as end_min, sum(end_zero_count) as end_zero_count,
        sum(answer_min) as answer_min, sum(answer_zero_count) as answer_zero_count
    from rated.hour_counts
    group by hour_at
),

billed as (
    select month, slot_at, bill_quantity
    from matched.slots
    where item = 'call' and slot_grain = 'hour'
),

listed as (
    select
        coalesce(billed.month, month_of(hours.hour_at)) as month,
        coalesce(billed.bill_quantity, 0) as bill_min,
        coalesce(hours.end_min, 0) as end_min, coalesce(hours.end_zero_count, 0) as end_zero_count,
        coalesce(hours.answer_min, 0) as answer_min, coalesce(hours.answer_zero_count, 0) as answer_zero_count
    from hours
    full join billed
        on hours.hour_at = billed.slot_at
),

rules as (
    select 'end' as settle_by, 0 as zero_second_min
    union all select 'end', 1
    union all select 'answer', 0
    union all select 'answer', 1
),

compared as (
    select
        listed.month, rules.settle_by, rules.zero_second_min,
        listed.bill_min,
        case when rules.settle_by = 'end' then listed.end_min + rules.zero_second_min * listed.end_zero_count
            else listed.answer_min + rules.zero_second_min * listed.answer_zero_count end as rule_min
    from listed
    inner join (select month from billed group by month) as months
        on listed.month = months.month
    cross join rules
),

summed as (
    select
        month, settle_by, zero_second_min,
        sum(rule_min) as ours_min,
        sum(bill_min) as bill_min,
        sum(abs(rule_min - bill_min)) as differing_min,
        sum(case when rule_min <> bill_min then 1 else 0 end) as differing_hour_count
    from compared
    group by month, settle_by, zero_second_min
)

select
    summed.month,
    summed.settle_by,
    cast(summed.zero_second_min as varchar) as zero_second_min,
    cast(summed.ours_min as bigint) as ours_quantity,
    cast(summed.bill_min as decimal(18, 2)) as bill_quantity,
    cast(summed.differing_min as decimal(18, 2)) as differing_min,
    cast(summed.differing_hour_count as bigint) as differing_hour_count,
    summed.settle_by = settings.settle_by and summed.zero_second_min = settings.zero_second_min as is_in_force,
    summed.differing_min = min(summed.differing_min) over (partition by summed.month) as is_best
from summed
cross join staging.settings as settings
