-- No package gives more than was bought, none outside its time, and no hour
-- draws more than it used.
select packages.package_id, packages.item, drawn.hour_at, drawn.drawn_quantity
from drawn.package_hours as drawn
inner join staging.packages as packages
    on drawn.package_id = packages.package_id
    and drawn.item = packages.item
where drawn.hour_at < packages.starts_at
    or drawn.hour_at >= packages.ends_at
    or drawn.drawn_quantity <= 0
union all
select packages.package_id, packages.item, null, sum(drawn.drawn_quantity)
from drawn.package_hours as drawn
inner join staging.packages as packages
    on drawn.package_id = packages.package_id
    and drawn.item = packages.item
group by packages.package_id, packages.item
having sum(drawn.drawn_quantity) > max(packages.bought_quantity)
union all
select 'hour', item, hour_at, payable_quantity
from settled.hours
where payable_quantity < 0 or package_quantity < 0
