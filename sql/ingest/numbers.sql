-- grain: one row per row of the number table given
-- key: line
-- A number stands there once: with two rows its rent would be a guess.
with

typed as (
    select
        *,
        normal_number(x_number) as normal_x_number,
        first_value(line) over (partition by normal_number(x_number) order by line) as first_line
    from given
)

select
    line,
    normal_x_number as x_number,
    typed_number_kind(kind) as number_kind,
    app_key,
    city,
    cast(typed_time(issued_date) as date) as issued_date,
    cast(typed_time(returned_date) as date) as returned_date,
    only_problems([
        x_number_problem(x_number),
        case when first_line < line and normal_x_number is not null
            then 'x_number ' || cell(x_number) || ' is in line ' || first_line || ' too; keep one row for each number'
        end,
        case
            when kind is null then 'kind is empty; write carrier or virtual'
            when typed_number_kind(kind) is null then 'kind ' || cell(kind) || ' is unknown; write carrier or virtual'
        end,
        time_problem('issued_date', issued_date),
        time_problem('returned_date', returned_date),
        case when cast(typed_time(returned_date) as date) < cast(typed_time(issued_date) as date)
            then 'returned_date ' || cell(returned_date) || ' is before issued_date ' || cell(issued_date) || '; correct one of them'
        end
    ]) as problems
from typed
