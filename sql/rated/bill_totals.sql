-- grain: one row per month, source of the bill and item
-- key: month, source_rank, item
-- changes with: bills
-- What each kind of bill says, so that the change from a provisional to the final
-- one can be shown, and which of them holds. Within a kind the best source holds
-- for the whole month. Of several kinds the most detailed holds for each item it
-- has; a lesser kind fills in an item only when the better one has no row without
-- an item, which might be the same money under another name.
with

counted as (
    select
        files.month,
        files.kind,
        files.scope,
        files.is_final,
        files.source_rank,
        products.item,
        count(*) as line_count,
        sum(lines.quantity) as quantity,
        sum(lines.package_quantity) as package_quantity,
        sum(lines.amount_cny) as amount_cny
    from staging.bill_lines as lines
    inner join identity.bill_files as files
        on lines.file_id = files.file_id
        and lines.month = files.month
    inner join identity.bill_products as products
        on lines.product_id = products.product_id
    left join calls.bill_duplicates as duplicates
        on lines.month = duplicates.month
        and lines.file_id = duplicates.file_id
        and lines.line = duplicates.line
    where files.is_latest
        and products.currency = 'CNY'
        and products.item <> 'none'
        and duplicates.line is null
        and lines.month in (select month from raw.build_scope)
    group by files.month, files.kind, files.scope, files.is_final, files.source_rank, products.item
),

ranked as (
    select
        *,
        min(source_rank) over (partition by month, kind) as best_rank_of_kind,
        min(source_rank) over (partition by month) as best_rank_of_month,
        max(case when item = 'unmapped' then 1 else 0 end) over (partition by month, source_rank) as has_unmapped
    from counted
),

best as (
    select
        *,
        min(case when source_rank = best_rank_of_kind then source_rank end) over (partition by month, item) as best_rank_of_item,
        max(case when source_rank = best_rank_of_month then has_unmapped end) over (partition by month) as best_has_unmapped
    from ranked
)

select
    month,
    kind,
    scope,
    is_final,
    source_rank,
    item,
    line_count,
    cast(quantity as decimal(24, 8)) as quantity,
    cast(package_quantity as decimal(24, 8)) as package_quantity,
    cast(amount_cny as decimal(24, 8)) as amount_cny,
    source_rank = best_rank_of_month
    or (
        source_rank = best_rank_of_item
        and source_rank = best_rank_of_kind
        and item <> 'unmapped'
        and best_has_unmapped = 0
    ) as is_in_force
from best
