-- grain: one row per step from our total to the bill's, and bill month
-- key: month, step_no
-- only with: bills
-- Ours, then every reason, then the bill: each step starts where the one before
-- ended, and the last one is the bill's own total.
with

ours as (
    select month, sum(ours_cny) as amount_cny
    from (
        select month, ours_cny from matched.slots
        union all
        select months.month, packages.price_cny
        from (select month from allocated.bill_usage where is_in_force group by month) as months
        inner join staging.packages as packages
            on packages.item = 'call'
            and month_of(coalesce(packages.bought_at, packages.starts_at)) = months.month
    ) as parts
    group by month
),

billed as (
    select month, sum(amount_cny) as amount_cny
    from allocated.bill_usage
    where is_billed
    group by month
),

steps as (
    select billed.month, 0 as step_no, '我方合计' as step_zh, 'Ours' as step_en, coalesce(ours.amount_cny, 0) as amount_cny
    from billed
    left join ours
        on billed.month = ours.month
    union all
    select reasons.month, names.place, names.name_zh, names.name_en, sum(reasons.diff_cny)
    from reasoned.reasons as reasons
    inner join seeds.difference_reasons as names
        on reasons.reason = names.reason
    group by reasons.month, names.place, names.name_zh, names.name_en
),

summed as (
    select *, sum(amount_cny) over (partition by month order by step_no rows unbounded preceding) as end_cny
    from steps
)

select
    month, step_no, step_zh, step_en,
    cast(amount_cny as decimal(18, 8)) as amount_cny,
    cast(end_cny as decimal(18, 8)) as end_cny
from summed
union all
select month, 99, '账单合计', 'Bill', cast(amount_cny as decimal(18, 8)), cast(amount_cny as decimal(18, 8))
from billed
