-- grain: one row per X number that was paid for and not used in a bill month
-- key: month, x_number
-- stored: whole
-- Returned by the 25th it costs nothing from the next month on (rent rules of
-- the price page): of this month, or of the next when that day is over.
with

known as (
    select cast(max(hour_at) as date) as today from metered.usage where month > undated()
),

last_uses as (
    select rents.month, rents.x_number, max(use.last_used_at) as last_used_at
    from metered.rents as rents
    inner join rated.number_use as use
        on rents.x_number = use.x_number
        and use.month < rents.month
        and use.month > undated()
    group by rents.month, rents.x_number
)

select
    rents.month,
    rents.x_number,
    rents.app_key,
    rents.number_kind,
    last_uses.last_used_at,
    cast(date_diff(
        'day',
        cast(coalesce(last_uses.last_used_at, numbers.issued_date) as date),
        cast(rents.month + interval 1 month as date)
    ) as bigint) as idle_days,
    cast(rents.net_price_cny as decimal(18, 6)) as rent_cny,
    cast(rents.net_price_cny as decimal(18, 6)) as monthly_saving_cny,
    cast(case
        when known.today > rents.month + interval 24 day then rents.month + interval 1 month + interval 24 day
        else rents.month + interval 24 day
    end as date) as return_by_date
from metered.rents as rents
cross join known
left join staging.numbers as numbers
    on rents.x_number = numbers.x_number
left join rated.number_use as used
    on rents.month = used.month
    and rents.x_number = used.x_number
left join last_uses
    on rents.month = last_uses.month
    and rents.x_number = last_uses.x_number
-- Of a month that begins after all that is known, nobody can say what was used.
where used.x_number is null and numbers.returned_date is null and rents.month <= known.today
