-- What could be saved: idle numbers, and what rounding up to minutes adds.
select
    idle.number_count as idle_count,
    cast(idle.saving_cny as varchar) as idle_saving_cny,
    coalesce(strftime(idle.return_by_date, '%Y-%m-%d'), '') as return_by_date,
    talk.billed_min,
    talk.talked_min,
    coalesce(cast(percent(talk.billed_s - talk.duration_s, talk.duration_s) as varchar), '') as round_up_overhead_pct
from (
    select
        count(*) as number_count,
        cast(coalesce(sum(monthly_saving_cny), 0) as decimal(18, 2)) as saving_cny,
        max(return_by_date) as return_by_date
    from marts.idle_numbers
    where month = cast($1 as date)
) as idle
cross join (
    select
        cast(coalesce(sum(billed_min), 0) as bigint) as billed_min,
        cast(coalesce(sum(billed_min) * 60, 0) as bigint) as billed_s,
        cast(coalesce(sum(duration_s), 0) as bigint) as duration_s,
        cast(mean(coalesce(sum(duration_s), 0), 60) as varchar) as talked_min
    from marts.charges_by_app
    where month = cast($1 as date)
) as talk
