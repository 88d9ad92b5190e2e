-- From our total to the bill's, a step for each reason.
select
    step_zh as category_zh,
    step_en as category_en,
    cast(cast(amount_cny as decimal(18, 2)) as varchar) as amount_cny,
    cast(cast(end_cny as decimal(18, 2)) as varchar) as end_cny
from marts.reconciliation_waterfall
where month = cast($1 as date)
order by step_no
