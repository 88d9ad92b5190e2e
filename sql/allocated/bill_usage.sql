-- grain: one row per file, names, class, time and price of a bill's rows
-- key: month, file_id, product_id, line_status, row_class, is_amount_missing, usage_start_at, usage_end_at, unit_price_cny
-- changes with: bills
-- A bill can have a row per number and hour, millions a month; the
-- reconciliation needs them by time only, read once.
with

lines as (
    select
        *,
        coalesce(usage_start_at, cast(month as timestamp)) as start_at,
        coalesce(usage_end_at, cast(month + interval 1 month as timestamp)) as end_at,
        coalesce(unit_price_cny, -1) as unit_price
    from settled.bill_lines
)

select
    month,
    file_id,
    product_id,
    item,
    kind,
    scope,
    is_final,
    source_rank,
    line_status,
    -- Repeats within one bill are in its total; those of overlapping days are not.
    line_status = 'in force' or (line_status = 'duplicate' and scope in ('month', 'unnamed')) as is_billed,
    is_in_force,
    row_class,
    amount_cny is null as is_amount_missing,
    start_at as usage_start_at,
    end_at as usage_end_at,
    unit_price as unit_price_cny,
    count(*) as line_count,
    cast(sum(coalesce(quantity, 0)) as decimal(28, 8)) as quantity,
    cast(sum(package_quantity) as decimal(28, 8)) as package_quantity,
    cast(sum(coalesce(
        official_cny,
        case when unit_price >= 0 then (coalesce(quantity, 0) - package_quantity) * unit_price end,
        amount_cny + discount_cny + erased_cny, 0)) as decimal(28, 8)) as official_cny,
    cast(sum(discount_cny) as decimal(28, 8)) as discount_cny,
    cast(sum(erased_cny) as decimal(28, 8)) as erased_cny,
    cast(sum(coalesce(amount_cny, 0)) as decimal(28, 8)) as amount_cny
from lines
group by month, file_id, product_id, item, kind, scope, is_final, source_rank, line_status, is_in_force, row_class,
    amount_cny is null, start_at, end_at, unit_price
