-- The complaint rate as the month went on, against both limits: complaints until
-- the day by the X numbers in use in the month.
with

days as (
    select cast(unnest(generate_series(cast($1 as date), cast($1 as date) + interval 1 month - interval 1 day, interval 1 day)) as date) as date
),

counted as (
    select days.date, count(complaints.line) as complaint_count
    from days
    left join staging.complaints as complaints
        on complaints.month = cast($1 as date)
        and complaints.complaint_date <= days.date
    group by days.date
)

select
    strftime(counted.date, '%d') as category,
    cast(fine_percent(counted.complaint_count, complaints.numbers_in_use) as varchar) as rate_pct,
    cast(complaints.limit_pct as varchar) as limit_pct,
    cast(complaints.limit_faq_pct as varchar) as limit_faq_pct
from counted
inner join marts.complaints as complaints
    on complaints.month = cast($1 as date)
where complaints.numbers_in_use > 0 and exists (select 1 from marts.input_tables where name = 'complaints')
order by counted.date
