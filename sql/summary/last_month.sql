-- The month before: nothing when the database has no call and no charge of it.
with

totals as (
    select month, sum(call_count) as call_count, sum(billed_min) as billed_min, sum(total_cny) as total_cny
    from marts.charges_by_app
    group by month
)

select
    strftime(before.month, '%Y-%m') as month,
    before.billed_min,
    cast(cast(before.total_cny as decimal(18, 2)) as varchar) as total_cny,
    cast(cast(coalesce(now.total_cny, 0) - before.total_cny as decimal(18, 2)) as varchar) as change_cny,
    coalesce(cast(case
        when before.total_cny > 0 then cast((coalesce(now.total_cny, 0) - before.total_cny) * 100 / before.total_cny as decimal(18, 2))
    end as varchar), '') as change_pct
from totals as before
left join totals as now
    on now.month = cast($1 as date)
where before.month = cast($1 as date) - interval 1 month and before.call_count > 0
