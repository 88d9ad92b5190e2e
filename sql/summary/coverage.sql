-- Whether a month's records are all there: holes and suspect hours, and calls
-- that events tell of and no record does, with the days left to fetch them.
with

hours as (
    select
        count(*) as hours,
        count(case when status = 'hole' then 1 end) as hole_hours,
        count(case when status = 'suspect' then 1 end) as suspect_hours,
        min(case when status = 'hole' then hour_at end) as first_hole_at
    from marts.coverage
    where month = cast($1 as date)
),

missing as (
    select
        count(*) as missing_cdrs,
        count(case when days_left > 0 then 1 end) as recoverable_cdrs,
        coalesce(min(case when days_left > 0 then days_left end), 0) as days_left
    from marts.missing_cdrs
    where month = cast($1 as date)
)

select
    case
        when hours.hole_hours > 0 then 'holes'
        when hours.suspect_hours > 0 then 'suspect'
        when hours.hours > 0 then 'complete'
        else ''
    end as stamp,
    hours.hours,
    hours.hole_hours,
    hours.suspect_hours,
    coalesce(strftime(hours.first_hole_at, '%Y-%m-%d %H:%M:%S'), '') as first_hole_at,
    missing.missing_cdrs,
    missing.recoverable_cdrs,
    missing.days_left
from hours
cross join missing
