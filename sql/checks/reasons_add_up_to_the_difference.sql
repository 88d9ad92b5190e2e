-- Bill less ours is the sum of the reasons, for every item to the last digit;
-- else a difference would go without a word.
with

differences as (
    select month, item, diff_cny from marts.reconciliation
),

reasons as (
    select month, item, sum(diff_cny) as diff_cny
    from reasoned.reasons
    group by month, item
)

select
    coalesce(differences.month, reasons.month) as month,
    coalesce(differences.item, reasons.item) as item,
    differences.diff_cny,
    reasons.diff_cny as reasons_cny
from differences
full join reasons
    on differences.month = reasons.month
    and differences.item = reasons.item
where coalesce(differences.diff_cny, 0) <> coalesce(reasons.diff_cny, 0)
union all
select last.month, 'waterfall', last.end_cny, bill.end_cny
from marts.reconciliation_waterfall as last
inner join (
    select month, max(step_no) as step_no from marts.reconciliation_waterfall where step_no < 99 group by month
) as ends
    on last.month = ends.month
    and last.step_no = ends.step_no
inner join marts.reconciliation_waterfall as bill
    on last.month = bill.month
    and bill.step_no = 99
where last.end_cny <> bill.end_cny
union all
-- And so do the slots that differ.
select months.month, 'by_hour', months.diff_cny, coalesce(hours.diff_cny, 0)
from (select month, sum(diff_cny) as diff_cny from differences group by month) as months
left join (select month, sum(diff_cny) as diff_cny from marts.reconciliation_by_hour group by month) as hours
    on months.month = hours.month
where months.diff_cny <> coalesce(hours.diff_cny, 0)
