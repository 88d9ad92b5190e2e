-- grain: one row per PrivateNumber row of a bill file
-- key: month, file_id, line
-- stored: view
-- proved by: the load, which numbers the lines
-- Every row of every bill with its item and whether it counts; the reconciliation
-- sums those in force. Superseded rows stay, so that a change can be shown.
with

judged as (
    select
        lines.*,
        files.kind,
        files.scope,
        files.is_final,
        files.source_rank,
        products.item,
        products.product_name,
        products.usage_type,
        products.usage_unit,
        products.currency,
        case
            when not files.is_latest then 'superseded'
            when products.item = 'none' then 'left out by the item table'
            when products.currency <> 'CNY' then 'other currency'
            when not totals.is_in_force then 'other bill holds'
            when duplicates.line is not null then 'duplicate'
            else 'in force'
        end as line_status
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
    left join rated.bill_totals as totals
        on files.month = totals.month
        and files.source_rank = totals.source_rank
        and products.item = totals.item
)

select
    month,
    file_id,
    line,
    kind,
    scope,
    is_final,
    source_rank,
    line_status,
    line_status = 'in force' as is_in_force,
    product_id,
    item,
    row_class,
    product_name,
    usage_type,
    usage_unit,
    currency,
    trade_id,
    original_order_id,
    bill_type,
    order_type,
    resource_id,
    resource_name,
    resource_tag,
    usage_start_at,
    usage_end_at,
    trade_at,
    unit_price_cny,
    quantity,
    package_quantity,
    official_cny,
    discount_cny,
    erased_cny,
    amount_cny,
    amount_source,
    unsubscribe_reason,
    unsubscribe_fee_cny
from judged
