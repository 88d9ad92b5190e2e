-- Minutes left of the packages in force at the end of each day, and from the last
-- day known on to the month's end what the account's pace would leave.
with

days as (
    select cast(unnest(generate_series(cast($1 as date), cast($1 as date) + interval 1 month - interval 1 day, interval 1 day)) as date) as date
),

held as (
    select packages.package_id, packages.bought_quantity, packages.starts_at, packages.ends_at
    from staging.packages as packages
    where packages.item = 'call' and packages.bought_quantity > 0
        and packages.starts_at < cast($1 as date) + interval 1 month
        and packages.ends_at > cast($1 as date)
),

known as (
    select cast(max(hour_at) as date) as last_date from metered.usage where month > undated()
),

bought as (
    select days.date, sum(held.bought_quantity) as quantity
    from days
    inner join held
        on held.starts_at < days.date + interval 1 day
        and held.ends_at > days.date + interval 1 day
    group by days.date
),

used as (
    select days.date, sum(drawn.drawn_quantity) as quantity
    from days
    inner join held
        on held.starts_at < days.date + interval 1 day
        and held.ends_at > days.date + interval 1 day
    inner join drawn.package_hours as drawn
        on held.package_id = drawn.package_id
        and drawn.item = 'call'
        and drawn.hour_at < days.date + interval 1 day
    group by days.date
),

paces as (
    select sum(usage.quantity) as quantity, max(packages.pace_days) as days
    from metered.usage as usage
    cross join (select max(pace_days) as pace_days from marts.packages where month = cast($1 as date) and item = 'call') as packages
    cross join known
    where usage.item = 'call'
        and usage.hour_at < known.last_date + interval 1 day
        and usage.hour_at >= known.last_date + interval 1 day - packages.pace_days * interval 1 day
),

balances as (
    select
        days.date,
        coalesce(bought.quantity, 0) - coalesce(used.quantity, 0) as left_quantity,
        days.date <= known.last_date as is_known,
        date_diff('day', known.last_date, days.date) as days_ahead
    from days
    cross join known
    left join bought
        on days.date = bought.date
    left join used
        on days.date = used.date
)

select
    strftime(balances.date, '%d') as category,
    case when balances.is_known then cast(balances.left_quantity as varchar) end as left_min,
    case
        when not balances.is_known
            then cast(greatest(0, balances.left_quantity - cast(paces.quantity * balances.days_ahead // paces.days as bigint)) as varchar)
    end as forecast_min
from balances
cross join paces
where (select count(*) from held) > 0
order by balances.date
