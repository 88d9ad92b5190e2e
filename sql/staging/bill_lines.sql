-- grain: one row per PrivateNumber row of a bill file, typed
-- key: file_id, line
-- proved by: the load, which numbers the lines
-- Amounts are exact decimals, times Beijing wall clock. What the bill leaves out
-- (-- or blank) is null; amount_source says where the amount was taken from.
select
    file_id,
    line,
    month,
    product_id,
    content_hash,
    absent(trade_id) as trade_id,
    absent(original_order_id) as original_order_id,
    absent(bill_type) as bill_type,
    absent(order_type) as order_type,
    absent(resource_id) as resource_id,
    absent(resource_name) as resource_name,
    absent(resource_tag) as resource_tag,
    bill_row_class(
        absent(bill_type),
        absent(order_type),
        coalesce(bill_decimal(payable_amount), bill_decimal(official_price), bill_decimal(cash_amount))
    ) as row_class,
    coalesce(bill_time(usage_start), range_start(consume_time)) as usage_start_at,
    coalesce(bill_time(usage_end), range_end(consume_time)) as usage_end_at,
    bill_time(trade_time) as trade_at,
    bill_decimal(unit_price) as unit_price_cny,
    coalesce(bill_decimal(usage), bill_decimal(order_quantity)) as quantity,
    coalesce(bill_decimal(package_usage), 0) as package_quantity,
    bill_decimal(official_price) as official_cny,
    coalesce(bill_decimal(discount_amount), 0) as discount_cny,
    coalesce(bill_decimal(erased_amount), 0) as erased_cny,
    cast(coalesce(
        bill_decimal(payable_amount),
        bill_decimal(official_price) - coalesce(bill_decimal(discount_amount), 0) - coalesce(bill_decimal(erased_amount), 0),
        bill_payments(
            cash_amount, credit_amount, coupon_amount, cash_coupon_amount, stored_card_amount, bonus_amount, debt_amount)
    ) as decimal(24, 8)) as amount_cny,
    case
        when bill_decimal(payable_amount) is not null then 'payable'
        when absent(payable_amount) is not null then 'unreadable'
        when bill_decimal(official_price) is not null then 'official less discount'
        when bill_payments(
            cash_amount, credit_amount, coupon_amount, cash_coupon_amount, stored_card_amount, bonus_amount, debt_amount) is not null
            then 'payments'
        else 'missing'
    end as amount_source,
    absent(unsubscribe_reason) as unsubscribe_reason,
    bill_decimal(unsubscribe_fee) as unsubscribe_fee_cny
from raw.bill_lines
