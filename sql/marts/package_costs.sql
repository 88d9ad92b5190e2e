-- grain: one row per package, app and bill month, from the package's start to the month's end
-- key: month, package_id, app_key
-- stored: whole
-- What was paid for a package is no part of the charges; here it is shared
-- among the apps by the minutes each has used of it, largest remainder, so
-- that the shares add up to its price. Two packages in one hour share the
-- hour's apps alike.
with

months as (
    select month
    from rated.number_use
    where month > undated()
    group by month
),

app_hours as (
    select usage.hour_at, usage.app_key, sum(usage.quantity) as package_quantity
    from metered.usage as usage
    inner join settled.hours as hours
        on usage.month = hours.month
        and usage.hour_at = hours.hour_at
        and usage.item = hours.item
        and usage.price_line = hours.price_line
    where hours.item = 'call' and hours.state = 'package'
    group by usage.hour_at, usage.app_key
    union all
    select shares.hour_at, shares.app_key, sum(shares.package_quantity)
    from allocated.shares as shares
    cross join staging.settings as settings
    where shares.item = 'call' and shares.split_rule = settings.split_rule
    group by shares.hour_at, shares.app_key
),

hour_totals as (
    select hour_at, sum(drawn_quantity) as drawn_quantity
    from drawn.package_hours
    where item = 'call'
    group by hour_at
),

-- In millionths of a minute, so that an hour of two packages divides.
used as (
    select
        months.month, drawn.package_id, app_hours.app_key,
        sum(whole_share(app_hours.package_quantity * 1000000, drawn.drawn_quantity, hour_totals.drawn_quantity)) as used_micro_min
    from months
    inner join drawn.package_hours as drawn
        on drawn.hour_at < months.month + interval 1 month
        and drawn.item = 'call'
    inner join hour_totals
        on drawn.hour_at = hour_totals.hour_at
    inner join app_hours
        on drawn.hour_at = app_hours.hour_at
    group by months.month, drawn.package_id, app_hours.app_key
),

shared as (
    select
        used.month, used.package_id, used.app_key, used.used_micro_min,
        whole_fen(packages.price_cny) as price_fen,
        packages.price_cny,
        sum(used.used_micro_min) over (partition by used.month, used.package_id) as package_micro_min
    from used
    inner join staging.packages as packages
        on used.package_id = packages.package_id
        and packages.item = 'call'
    where packages.ends_at > used.month
),

ranked as (
    select
        *,
        whole_share(used_micro_min, price_fen, package_micro_min) as share_fen,
        row_number() over (
            partition by month, package_id
            order by share_remainder(used_micro_min, price_fen, package_micro_min) desc, app_key
        ) as rank_in_package
    from shared
)

select
    month,
    package_id,
    app_key,
    cast(cast(used_micro_min as decimal(30, 0)) * 0.000001 as decimal(18, 2)) as used_min,
    percent(used_micro_min, package_micro_min) as share_pct,
    fen_to_cny(share_fen + case
        when rank_in_package <= price_fen - sum(share_fen) over (partition by month, package_id) then 1
        else 0
    end) as cost_cny
from ranked
