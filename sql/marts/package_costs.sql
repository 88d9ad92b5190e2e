-- grain: one row per package, app and bill month, from the package's start to the month's end
-- key: month, package_id, app_key
-- stored: whole
-- What was paid for a package is no part of the charges; here it is shared
-- among the apps by the minutes each has used of it (of a package without minutes,
-- by the messages), largest remainder, so that the shares add up to its price. Two
-- packages in one hour share the hour's apps alike. What nobody has used yet stands
-- as (unused).
with

priced as (
    select
        package_id, item, bought_quantity, starts_at, ends_at, price_cny,
        row_number() over (partition by package_id order by case when bought_quantity > 0 then 0 else 1 end, item) as rank_in_package
    from staging.packages
),

held as (
    select months.month, priced.package_id, priced.item, priced.price_cny
    from rated.months as months
    inner join priced
        on priced.starts_at < months.month + interval 1 month
        and priced.ends_at > months.month
    where priced.rank_in_package = 1
),

app_hours as (
    select usage.item, usage.hour_at, usage.app_key, sum(usage.quantity) as package_quantity
    from metered.usage as usage
    inner join settled.hours as hours
        on usage.month = hours.month
        and usage.hour_at = hours.hour_at
        and usage.item = hours.item
        and usage.price_line = hours.price_line
    where hours.state = 'package'
    group by usage.item, usage.hour_at, usage.app_key
    union all
    select shares.item, shares.hour_at, shares.app_key, sum(shares.package_quantity)
    from allocated.shares as shares
    cross join staging.settings as settings
    where shares.split_rule = settings.split_rule
    group by shares.item, shares.hour_at, shares.app_key
),

hour_totals as (
    select item, hour_at, sum(drawn_quantity) as drawn_quantity
    from drawn.package_hours
    group by item, hour_at
),

-- In millionths of a unit, so that an hour of two packages divides.
used as (
    select
        held.month, held.package_id, app_hours.app_key,
        sum(whole_share(app_hours.package_quantity * 1000000, drawn.drawn_quantity, hour_totals.drawn_quantity)) as used_micro
    from held
    inner join drawn.package_hours as drawn
        on held.package_id = drawn.package_id
        and held.item = drawn.item
        and drawn.hour_at < held.month + interval 1 month
    inner join hour_totals
        on drawn.item = hour_totals.item
        and drawn.hour_at = hour_totals.hour_at
    inner join app_hours
        on drawn.item = app_hours.item
        and drawn.hour_at = app_hours.hour_at
    group by held.month, held.package_id, app_hours.app_key
),

shared as (
    select
        held.month, held.package_id, held.item,
        coalesce(used.app_key, '(unused)') as app_key,
        coalesce(used.used_micro, 0) as used_micro,
        whole_fen(held.price_cny) as price_fen,
        -- An unused package is one share of one.
        case when used.app_key is null then 1 else used.used_micro end as weight,
        sum(case when used.app_key is null then 1 else used.used_micro end) over (partition by held.month, held.package_id) as weights
    from held
    left join used
        on held.month = used.month
        and held.package_id = used.package_id
        and used.used_micro > 0
),

ranked as (
    select
        *,
        whole_share(weight, price_fen, weights) as share_fen,
        row_number() over (
            partition by month, package_id
            order by share_remainder(weight, price_fen, weights) desc, app_key
        ) as rank_in_package
    from shared
)

select
    month,
    package_id,
    app_key,
    case when item = 'call' then cast(cast(used_micro as decimal(30, 0)) * 0.000001 as decimal(18, 2)) end as used_min,
    case when item <> 'call' then cast(cast(used_micro as decimal(30, 0)) * 0.000001 as decimal(18, 2)) end as used_sms,
    case when used_micro > 0 then percent(weight, weights) end as share_pct,
    fen_to_cny(share_fen + case
        when rank_in_package <= price_fen - sum(share_fen) over (partition by month, package_id) then 1
        else 0
    end) as cost_cny
from ranked
