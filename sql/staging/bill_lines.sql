-- grain: one row per PrivateNumber row of a bill file
-- key: file_id, line
-- made by: month
-- proved by: the load, which numbers the lines
-- The amount is what is payable; a bill that leaves it out tells it by the list
-- price or by the payments, and amount_source says so.
select
    file_id,
    line,
    month,
    product_id,
    content_hash,
    trade_id,
    original_order_id,
    bill_type,
    order_type,
    resource_id,
    resource_name,
    resource_tag,
    bill_row_class(bill_type, order_type, coalesce(payable_cny, official_cny, paid_cny)) as row_class,
    usage_start_at,
    usage_end_at,
    trade_at,
    unit_price_cny,
    quantity,
    coalesce(package_quantity, 0) as package_quantity,
    official_cny,
    coalesce(discount_cny, 0) as discount_cny,
    coalesce(erased_cny, 0) as erased_cny,
    cast(coalesce(
        payable_cny,
        official_cny - coalesce(discount_cny, 0) - coalesce(erased_cny, 0),
        paid_cny
    ) as decimal(24, 8)) as amount_cny,
    case
        when payable_cny is not null then 'payable'
        when odd_payable_amount is not null then 'unreadable'
        when official_cny is not null then 'official less discount'
        when paid_cny is not null then 'payments'
        else 'missing'
    end as amount_source,
    unsubscribe_reason,
    unsubscribe_fee_cny
from raw.bill_lines
