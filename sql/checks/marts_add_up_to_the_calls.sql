-- Every breakdown shows the calls, minutes and total of the single calls and
-- messages, to the fen.
with

totals as (
    select 'rated' as relation, month, sum(call_count) as call_count, sum(billed_min) as billed_min, sum(total_cny) as total_cny
    from (
        select month, count(*) as call_count, sum(billed_min) as billed_min, sum(list_charge_cny) as total_cny
        from rated.calls group by month
        union all
        select month, 0, 0, sum(list_charge_cny) from rated.messages group by month
    ) as rated
    group by month
    union all
    select 'charges_by_app', month, sum(call_count), sum(billed_min), sum(total_cny) from marts.charges_by_app group by month
    union all
    select 'charges_by_x_number', month, sum(call_count), sum(billed_min), sum(total_cny) from marts.charges_by_x_number group by month
    union all
    select 'charges_by_app_x_number', month, sum(call_count), sum(billed_min), sum(total_cny) from marts.charges_by_app_x_number group by month
    union all
    select 'charges_by_mode', month, sum(call_count), sum(billed_min), sum(total_cny) from marts.charges_by_mode group by month
    union all
    select 'charges_by_day', month, sum(call_count), sum(billed_min), sum(total_cny) from marts.charges_by_day group by month
)

select totals.relation, totals.month, totals.call_count, totals.billed_min, totals.total_cny, truth.total_cny as rated_total_cny
from totals
inner join totals as truth
    on totals.month = truth.month
    and truth.relation = 'rated'
where totals.call_count <> truth.call_count
    or totals.billed_min <> truth.billed_min
    or totals.total_cny <> truth.total_cny
