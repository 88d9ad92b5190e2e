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
        isodow(last_known_at) as weekday,
        hour(last_known_at) as hour,
        count(*) as call_count,
        count(case when outcome = 'answered' then 1 end) as answered_count
    from calls.calls
    where month = cast($1 as date) and outcome <> 'other_product'
    group by 1, 2
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
