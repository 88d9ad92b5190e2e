-- A month of the last three that is over and was charged, whose final bill did
-- not come by the day set of the month after; only where bills are loaded at all.
with

charged as (
    select month, sum(total_cny) as total_cny from marts.charges_by_app where month > undated() group by month
),

due as (
    select charged.month, charged.total_cny, charged.month + interval 1 month + to_days(getvariable('alert_bill_due_day')) as due_at
    from charged
    left join (select distinct month from marts.bill_files where is_final) as final
        on charged.month = final.month
    where final.month is null
        and charged.month >= month_of(getvariable('alert_now')) - interval 3 month
)

select
    'bill_overdue' as rule, strftime(month, '%Y-%m') as subject, '' as bucket,
    month, due_at as since_at, null as cost_cny,
    strftime(month, '%Y-%m') || ' 的最终账单未加载，我方合计 ' || cast(total_cny as decimal(18, 2)) || ' 元未核对' as detail_zh,
    'the final bill of ' || strftime(month, '%Y-%m') || ' is not loaded; our ' || cast(total_cny as decimal(18, 2)) || ' CNY are not compared' as detail_en
from due
where due_at <= getvariable('alert_now')
    and exists (select * from marts.bill_files)
