-- grain: one row per package, item and settlement hour it was drawn on
-- key: package_id, item, hour_at
-- Packages before pay-per-use, earliest end first, hour by hour over all of
-- history (price page; the order among packages is not documented). The order
-- never changes, so the packages take turns: each sees what the ones before it
-- left of every hour. An hour belongs to a package when it begins in its time.
with recursive

packages as (
    select
        *,
        row_number() over (partition by item order by ends_at, starts_at, package_id) as turn
    from staging.packages
    where bought_quantity > 0
),

drawing as (
    select
        item,
        cast(0 as bigint) as turn,
        hour_at,
        cast(sum(quantity) as bigint) as left_quantity,
        cast('' as varchar) as package_id,
        cast(0 as bigint) as drawn_quantity
    from metered.usage
    where item in (select item from packages) and month > undated()
    group by item, hour_at
    having sum(quantity) > 0
    union all
    select
        item,
        turn,
        hour_at,
        left_quantity - greatest(0, least(asked_quantity, bought_quantity - asked_before)) as left_quantity,
        package_id,
        greatest(0, least(asked_quantity, bought_quantity - asked_before)) as drawn_quantity
    from (
        select
            asked.*,
            cast(sum(asked_quantity) over (
                partition by item order by hour_at rows unbounded preceding
            ) - asked_quantity as bigint) as asked_before
        from (
            select
                packages.item,
                packages.turn,
                packages.package_id,
                packages.bought_quantity,
                drawing.hour_at,
                drawing.left_quantity,
                case
                    when drawing.hour_at >= packages.starts_at and drawing.hour_at < packages.ends_at then drawing.left_quantity
                    else 0
                end as asked_quantity
            from drawing
            inner join packages
                on drawing.item = packages.item
                and drawing.turn + 1 = packages.turn
        ) as asked
    ) as asking
)

select package_id, item, hour_at, drawn_quantity
from drawing
where drawn_quantity > 0
