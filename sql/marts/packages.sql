-- grain: one row per package, item it holds and bill month, as of the month's end
-- key: month, package_id, item
-- Bought = used before the month + used in it + left. The forecast takes the account's pace of the last 28 days: packages are
-- drawn one after another, so what the earlier ones still hold comes first.
with

months as (
    select month, cast(month + interval 1 month as timestamp) as month_end_at
    from rated.number_use
    where month > undated()
    group by month
),

-- "Now" is the last hour known, so that the same data gives the same report.
known as (
    select max(hour_at) + interval 1 hour as known_until_at from metered.usage where month > undated()
),

held as (
    select
        months.month,
        least(months.month_end_at, known.known_until_at) as as_of_at,
        packages.package_id, packages.item, packages.bought_quantity, packages.price_cny, packages.starts_at, packages.ends_at
    from months
    cross join known
    inner join staging.packages as packages
        on packages.starts_at < months.month_end_at
        and packages.ends_at > months.month
),

prices as (
    select month, hour_at, item, max(net_price_cny) as net_price_cny
    from settled.hours
    group by month, hour_at, item
),

used as (
    select
        held.month, held.package_id, held.item,
        sum(drawn.drawn_quantity) as used,
        sum(case when drawn.hour_at >= held.month then drawn.drawn_quantity else 0 end) as used_in_month,
        sum(drawn.drawn_quantity * prices.net_price_cny) as value_cny
    from held
    inner join drawn.package_hours as drawn
        on held.package_id = drawn.package_id
        and held.item = drawn.item
        and drawn.hour_at < held.month + interval 1 month
    left join prices
        on drawn.item = prices.item
        and drawn.hour_at = prices.hour_at
    group by held.month, held.package_id, held.item
),

paces as (
    select months.month, usage.item, sum(usage.quantity) as last_28_days
    from months
    cross join known
    inner join metered.usage as usage
        on usage.hour_at < least(months.month_end_at, known.known_until_at)
        and usage.hour_at >= least(months.month_end_at, known.known_until_at) - interval 28 day
    group by months.month, usage.item
),

balanced as (
    select
        held.*,
        coalesce(used.used, 0) as used,
        coalesce(used.used_in_month, 0) as used_in_month,
        coalesce(used.value_cny, 0) as value_cny,
        held.bought_quantity - coalesce(used.used, 0) as left_quantity,
        coalesce(paces.last_28_days, 0) as last_28_days,
        greatest(0, date_diff('day', cast(held.as_of_at as date), cast(held.ends_at as date))) as days_to_end
    from held
    left join used
        on held.month = used.month
        and held.package_id = used.package_id
        and held.item = used.item
    left join paces
        on held.month = paces.month
        and held.item = paces.item
),

-- What of each package the pace will take before it ends.
usable as (
    select
        *,
        case when ends_at > as_of_at then least(left_quantity, whole_share(last_28_days, days_to_end, 28)) else 0 end as usable_quantity
    from balanced
),

queued as (
    select
        *,
        coalesce(sum(usable_quantity) over (
            partition by month, item order by ends_at, starts_at, package_id
            rows between unbounded preceding and 1 preceding
        ), 0) as usable_before
    from usable
),

forecast as (
    select
        *,
        case
            when left_quantity > 0 and last_28_days > 0 and ends_at > as_of_at
                then cast(as_of_at as date) + cast(started_units((usable_before + left_quantity) * 28, last_28_days) as integer)
        end as empty_date,
        case
            when ends_at <= as_of_at then left_quantity
            else greatest(0, left_quantity - greatest(0, whole_share(last_28_days, days_to_end, 28) - usable_before))
        end as lapsing_quantity
    from queued
),

-- Both items of a package, for what the package as one saved.
whole_packages as (
    select month, package_id, sum(value_cny) as value_cny
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
    case when forecast.item = 'call' then cast(forecast.price_cny as decimal(18, 2)) end as price_cny,
    case when forecast.item = 'call' and forecast.used > 0 then cny_per_unit(forecast.price_cny, forecast.used) end as cny_per_unit_used,
    case when forecast.item = 'call' then cut_to_fen(whole_packages.value_cny) end as value_used_cny,
    case when forecast.item = 'call' then cast(cut_to_fen(whole_packages.value_cny) - forecast.price_cny as decimal(18, 2)) end as saved_cny,
    case when forecast.empty_date <= cast(forecast.ends_at as date) then forecast.empty_date end as forecast_empty_date,
    cast(forecast.lapsing_quantity as bigint) as forecast_lapsing,
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
