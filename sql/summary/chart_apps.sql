-- The apps that cost most, and how much of the total they make up together.
with

apps as (
    select
        app_key, total_cny,
        sum(total_cny) over (order by total_cny desc, app_key rows unbounded preceding) as so_far_cny,
        sum(total_cny) over () as all_cny,
        row_number() over (order by total_cny desc, app_key) as place
    from marts.charges_by_app
    where month = cast($1 as date)
)

select
    app_key as category,
    cast(total_cny as varchar) as total_cny,
    cast(percent(so_far_cny, all_cny) as varchar) as cumulative_pct
from apps
where place <= 15 and all_cny > 0
order by place
