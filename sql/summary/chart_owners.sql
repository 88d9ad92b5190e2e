-- Calls that did not go well, by who owns the fault.
select
    owner_zh as category_zh,
    owner_en as category_en,
    category_zh as series_zh,
    category_en as series_en,
    cast(sum(call_count) as varchar) as call_count
from marts.calls_by_release_code
where month = cast($1 as date)
group by owner_zh, owner_en, category_zh, category_en
order by sum(sum(call_count)) over (partition by owner_en) desc, owner_en, sum(call_count) desc, category_en
