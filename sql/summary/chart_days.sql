-- Charge and minutes of each day, by the apps that cost most and all others as one.
-- Every day of the month is there, so that a quiet one is seen.
with

ranked as (
    select app_key, row_number() over (order by sum(total_cny) desc, sum(billed_min) desc, app_key) as place
    from marts.charges_by_app_day
    where month = cast($1 as date)
    group by app_key
),

apps as (
    select case when place <= 7 then app_key else '(others)' end as series, min(place) as place
    from ranked
    group by 1
),

days as (
    select cast(unnest(generate_series(cast($1 as date), cast($1 as date) + interval 1 month - interval 1 day, interval 1 day)) as date) as date
),

charges as (
    select
        charges.date,
        case when ranked.place <= 7 then charges.app_key else '(others)' end as series,
        sum(charges.total_cny) as total_cny,
        sum(charges.billed_min) as billed_min
    from marts.charges_by_app_day as charges
    inner join ranked
        on charges.app_key = ranked.app_key
    where charges.month = cast($1 as date)
    group by 1, 2
)

select
    strftime(days.date, '%d') as category,
    apps.series,
    cast(coalesce(charges.total_cny, 0) as varchar) as total_cny,
    cast(coalesce(charges.billed_min, 0) as varchar) as billed_min
from days
cross join apps
left join charges
    on days.date = charges.date
    and apps.series = charges.series
order by apps.place, days.date
