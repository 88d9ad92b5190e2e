-- What was paid for packages, by app, by the minutes each has used of them.
select app_key, cast(sum(used_min) as varchar) as used_min, cast(sum(cost_cny) as varchar) as cost_cny
from marts.package_costs
where month = cast($1 as date)
group by app_key
order by sum(cost_cny) desc, app_key
