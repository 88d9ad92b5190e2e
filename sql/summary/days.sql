-- Billed minutes of each day of the month, also of those without a call.
with

days as (
    select cast(unnest(generate_series(cast($1 as date), cast($1 as date) + interval 1 month - interval 1 day, interval 1 day)) as date) as date
)

select cast(coalesce(charges.billed_min, 0) as bigint) as billed_min
from days
left join marts.charges_by_day as charges
    on days.date = charges.date
order by days.date
