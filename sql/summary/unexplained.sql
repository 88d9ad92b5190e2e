-- What of a month's bill has no reason, slot by slot and signs ignored. A row
-- without an item also lacks where it belongs: that is the same money.
with

slots as (
    select
        cast(coalesce(sum(case when reason = 'unexplained' then abs(diff_cny) end), 0) as decimal(18, 8)) as unexplained_cny,
        cast(coalesce(sum(case when reason = 'unmapped_row' and item = 'unmapped' then abs(diff_cny) end), 0) as decimal(18, 8)) as unmapped_cny,
        cast(coalesce(sum(case when reason = 'unmapped_row' and item <> 'unmapped' then abs(diff_cny) end), 0) as decimal(18, 8)) as lacking_cny
    from reasoned.reasons
    where month = cast($1 as date)
)

select unexplained_cny + greatest(unmapped_cny, lacking_cny) as unexplained_cny
from slots
