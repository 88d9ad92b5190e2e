-- The X numbers that cost most, and how much of the total they make up together.
with

numbers as (
    select x_number, sum(total_cny) as total_cny
    from marts.charges_by_x_number
    where month = cast($1 as date)
    group by x_number
),

ranked as (
    select
        x_number, total_cny,
        sum(total_cny) over (order by total_cny desc, x_number rows unbounded preceding) as so_far_cny,
        sum(total_cny) over () as all_cny,
        row_number() over (order by total_cny desc, x_number) as place
    from numbers
)

select
    x_number as category,
    cast(total_cny as varchar) as total_cny,
    cast(percent(so_far_cny, all_cny) as varchar) as cumulative_pct
from ranked
where place <= 15 and all_cny > 0
order by place
