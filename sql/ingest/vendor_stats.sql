-- grain: one row per row of the console's statistics given
-- key: line
-- A day stands there once: what is exported twice would count twice.
with

typed as (
    select
        *,
        cast(typed_time(date) as date) as typed_date,
        first_value(line) over (partition by cast(typed_time(date) as date) order by line) as first_line
    from given
)

select
    line,
    typed_date as date,
    typed_count(calls) as call_count,
    typed_count(answered) as answered_count,
    typed_count(duration_s) as duration_s,
    only_problems([
        case when date is null then 'date is empty; write it like 2026-10-31' end,
        time_problem('date', date),
        case when first_line < line and typed_date is not null
            then 'date ' || cell(date) || ' is in line ' || first_line || ' too; keep one row for each day'
        end,
        case when calls is null then 'calls is empty; write a whole number' end,
        count_problem('calls', calls),
        count_problem('answered', answered),
        count_problem('duration_s', duration_s),
        case when typed_count(answered) > typed_count(calls)
            then 'answered ' || cell(answered) || ' is more than calls ' || cell(calls) || '; correct one of them'
        end
    ]) as problems
from typed
