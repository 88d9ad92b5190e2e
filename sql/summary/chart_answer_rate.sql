-- Answered of all calls, by the weekday and hour a call ended in (Beijing time);
-- null where nobody called. 1 is Monday.
with

grid as (
    select weekdays.weekday, hours.hour
    from (select unnest(generate_series(1, 7)) as weekday) as weekdays
    cross join (select unnest(generate_series(0, 23)) as hour) as hours
),

calls as (
    select
        isodow(hour_at) as weekday,
        hour(hour_at) as hour,
        sum(cdr_count) as call_count,
        sum(end_answered_count) as answered_count
    from rated.hour_counts
    where month = cast($1 as date)
    group by 1, 2
    having sum(cdr_count) > 0
)

select
    printf('%02d', grid.hour) as category,
    cast(grid.weekday as varchar) as series,
    cast(percent(calls.answered_count, calls.call_count) as varchar) as asr_pct
from grid
left join calls
    on grid.weekday = calls.weekday
    and grid.hour = calls.hour
where (select count(*) from calls) > 0
order by grid.weekday, grid.hour
