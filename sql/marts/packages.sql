-- grain: one row per package, item it holds and bill month, as of the month's end
-- key: month, package_id, item
-- stored: whole
-- Bought = used before the month + used in it + left. The forecast takes the
-- account's pace of the last 28 days, or of as many as are known: packages are drawn one after another, so
-- what the earlier ones still hold comes first.
with

months as (
    select month, cast(month + interval 1 month as timestamp) as month_end_at
    from rated.months
),

-- "Now" is the last hour known, so that the same data gives the same report.
known as (
    select min(hour_at) as known_from_at, max(hour_at) + interval 1 hour as known_until_at
    from metered.usage
    where month > undated()
),

held as (
    select
        months.month,
        least(months.month_end_at, known.known_until_at) as as_of_at,
        cast(greatest(1, least(
            28,
            date_diff('day', cast(known.known_from_at as date), cast(least(months.month_end_at, known.known_until_at) as date))
        )) as integer) as pace_days,
        packages.package_id, packages.item, packages.bought_quantity, packages.price_cny, packages.starts_at, packages.ends_at
    from months
    cross join known
    inner join staging.packages as packages
        on packages.starts_at < months.month_end_at
        and packages.ends_at > months.month
),

-- What an hour's packages were worth at the prices of that hour, in millionths.
hour_values as (
    select
        hour_at, item,
        sum(package_quantity) as package_quantity,
        cast(floor(sum(package_quantity * net_price_cny) * 1000000) as bigint) as micro_cny
    from settled.hours
    where package_quantity > 0
    group by hour_at, item
),

used as (
    select
        held.month, held.package_id, held.item,
        sum(drawn.drawn_quantity) as used,
        sum(case when drawn.hour_at >= held.month then drawn.drawn_quantity else 0 end) as used_in_month,
        sum(whole_share(drawn.drawn_quantity, hour_values.micro_cny, hour_values.package_quantity)) as micro_cny
    from held
    inner join drawn.package_hours as drawn
        on held.package_id = drawn.package_id
        and held.item = drawn.item
        and drawn.hour_at < held.month + interval 1 month
    inner join hour_values
        on drawn.item = hour_values.item
        and drawn.hour_at = hour_values.hour_at
    group by held.month, held.package_id, held.item
),

paces as (
    select months.month, usage.item, sum(usage.quantity) as paced_quantity
    from (select distinct month, as_of_at from held) as months
    inner join metered.usage as usage
        on usage.hour_at < months.as_of_at
        and usage.hour_at >= months.as_of_at - interval 28 day
    group by months.month, usage.item
),

balanced as (
    select
        held.*,
        coalesce(used.used, 0) as used,
        coalesce(used.used_in_month, 0) as used_in_month,
        coalesce(used.micro_cny, 0) as micro_cny,
        held.bought_quantity - coalesce(used.used, 0) as left_quantity,
        coalesce(paces.paced_quantity, 0) as paced_quantity,
        greatest(0, date_diff('day', cast(held.as_of_at as date), cast(held.ends_at as date))) as days_to_end,
        greatest(0, date_diff('day', cast(held.as_of_at as date), cast(held.starts_at as date))) as days_to_start
    from held
    left join used
        on held.month = used.month
        and held.package_id = used.package_id
        and held.item = used.item
    left join paces
        on held.month = paces.month
        and held.item = paces.item
),

-- In the order of drawing: what this package and those before it still hold,
-- and what the pace takes until this one ends. Those that ended hold nothing.
queued as (
    select
        *,
        case when ends_at > as_of_at then whole_share(paced_quantity, days_to_end, pace_days) else 0 end as taken_to_end,
        sum(case when ends_at > as_of_at then left_quantity else 0 end) over (
            partition by month, item order by ends_at, starts_at, package_id
            rows unbounded preceding
        ) as left_so_far
    from balanced
),

-- Taken of all packages until this one ends: what they hold, less what lapses
-- of any of them because the pace does not reach it in time.
usable as (
    select
        *,
        left_so_far + least(0, min(taken_to_end - left_so_far) over (
            partition by month, item order by ends_at, starts_at, package_id
            rows unbounded preceding
        )) as usable_so_far
    from queued
    where ends_at > as_of_at
),

followed as (
    select
        *,
        coalesce(lag(usable_so_far) over (partition by month, item order by ends_at, starts_at, package_id), 0) as usable_before
    from usable
),

forecast as (
    select
        balanced.*,
        case
            when balanced.left_quantity > 0 and balanced.paced_quantity > 0 then greatest(
                cast(balanced.as_of_at as date)
                    + cast(started_units((followed.usable_before + balanced.left_quantity) * balanced.pace_days, balanced.paced_quantity) as integer),
                cast(balanced.as_of_at as date) + cast(balanced.days_to_start as integer)
                    + cast(started_units(balanced.left_quantity * balanced.pace_days, balanced.paced_quantity) as integer))
        end as empty_date,
        balanced.left_quantity - coalesce(least(
            followed.usable_so_far - followed.usable_before,
            whole_share(balanced.paced_quantity, balanced.days_to_end - balanced.days_to_start, balanced.pace_days)
        ), 0) as lapsing_quantity
    from balanced
    left join followed
        on balanced.month = followed.month
        and balanced.package_id = followed.package_id
        and balanced.item = followed.item
),

-- Both items of a package, for what the package as one saved. Its price stands
-- beside the first item it holds.
whole_packages as (
    select
        month, package_id,
        fen_to_cny(cast(floor(sum(micro_cny) * 0.0001) as bigint)) as value_cny,
        min(case when bought_quantity > 0 then item end) as first_item
    from balanced
    group by month, package_id
)

select
    forecast.month,
    forecast.package_id,
    case forecast.item when 'call' then 'call' else 'sms' end as item,
    cast(forecast.bought_quantity as bigint) as bought,
    cast(forecast.used - forecast.used_in_month as bigint) as used_before,
    cast(forecast.used_in_month as bigint) as used,
    cast(forecast.left_quantity as bigint) as left,
    forecast.starts_at,
    forecast.ends_at,
    case when forecast.item = whole_packages.first_item then cast(forecast.price_cny as decimal(18, 2)) end as price_cny,
    case when forecast.item = whole_packages.first_item and forecast.used > 0 then cny_per_unit(forecast.price_cny, forecast.used) end as cny_per_unit_used,
    case when forecast.item = whole_packages.first_item then whole_packages.value_cny end as value_used_cny,
    case when forecast.item = whole_packages.first_item then cast(whole_packages.value_cny - forecast.price_cny as decimal(18, 2)) end as saved_cny,
    case when forecast.empty_date <= cast(forecast.ends_at as date) then forecast.empty_date end as forecast_empty_date,
    cast(forecast.lapsing_quantity as bigint) as forecast_lapsing,
    cast(forecast.pace_days as bigint) as pace_days,
    case
        when forecast.left_quantity = 0 then 'used_up'
        when forecast.ends_at <= forecast.as_of_at then 'expired'
        when forecast.starts_at > forecast.as_of_at then 'not_started'
        else 'active'
    end as status
from forecast
inner join whole_packages
    on forecast.month = whole_packages.month
    and forecast.package_id = whole_packages.package_id
where forecast.bought_quantity > 0
