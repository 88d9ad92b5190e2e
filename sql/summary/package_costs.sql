-- What was paid for packages, by app, by the minutes (or messages) each has used of them.
with

apps as (
    select app_key, coalesce(sum(used_min), 0) as used_min, coalesce(sum(used_sms), 0) as used_sms, sum(cost_cny) as cost_cny
    from marts.package_costs
    where month = cast($1 as date)
    group by app_key
)

select
    app_key,
    cast(apps.used_min as varchar) as used_min,
    cast(cast(apps.used_sms as decimal(18, 2)) as varchar) as used_sms,
    cast(apps.cost_cny as varchar) as cost_cny,
    cast(coalesce(sum(apps.cost_cny) over (
        order by apps.cost_cny desc, app_key rows between 1 following and unbounded following
    ), 0.00) as varchar) as rest_cny
from apps
order by apps.cost_cny desc, app_key
