-- Which packages the hour's minutes came from.
select
    drawn.package_id,
    drawn.drawn_quantity as hour_min,
    packages.bought_quantity as bought_min,
    strftime(packages.ends_at, '%Y-%m-%d %H:%M:%S') as ends_beijing
from rated.calls as rated
inner join drawn.package_hours as drawn
    on rated.hour_at = drawn.hour_at
    and drawn.item = 'call'
inner join staging.packages as packages
    on drawn.package_id = packages.package_id
    and drawn.item = packages.item
where rated.call_id = call_of_text(getvariable('story_call_id'))
order by packages.ends_at, packages.starts_at, drawn.package_id
