-- How many X numbers the month held or used, and how many the number table lacks.
select
    cast(count(*) as bigint) as number_count,
    cast(count(case when kind_source = 'guessed' then 1 end) as bigint) as guessed_count,
    cast(count(case when status = 'returned' then 1 end) as bigint) as returned_but_used_count
from marts.numbers
where month = cast($1 as date)
