-- grain: one row per PrivateNumber row of the bill file
-- key: file_id, line
-- The bill month is the billing cycle's; a bill without cycles is filed under
-- the month of use, then of the deduction.
with

hashed as (
    select
        *,
        hash(
            service_type_code, product_type, product_code, product_name, resource_type, charging_mode,
            sku_code, spec, region, usage_type, usage_unit, price_unit, currency
        ) as product_id
    from bill_given
    where is_private_number(service_type_code, product_type, product_name)
)

select
    getvariable('bill_file_id') as file_id,
    line,
    coalesce(
        bill_cycle(cycle),
        month_of(bill_time(usage_start)),
        month_of(range_start(consume_time)),
        month_of(bill_time(trade_time)),
        undated()
    ) as month,
    product_id,
    hash(
        product_id, cycle, consume_time, usage_start, usage_end, trade_id, trade_time, bill_type, order_type,
        original_order_id, resource_id, resource_name, resource_tag, unit_price, usage, package_usage, order_quantity,
        official_price, discount_amount, erased_amount, payable_amount, cash_amount, credit_amount, coupon_amount,
        cash_coupon_amount, stored_card_amount, bonus_amount, debt_amount, unsubscribe_reason, unsubscribe_fee
    ) as content_hash,
    cycle,
    consume_time,
    usage_start,
    usage_end,
    trade_id,
    trade_time,
    bill_type,
    order_type,
    original_order_id,
    resource_id,
    resource_name,
    resource_tag,
    unit_price,
    usage,
    package_usage,
    order_quantity,
    official_price,
    discount_amount,
    erased_amount,
    payable_amount,
    cash_amount,
    credit_amount,
    coupon_amount,
    cash_coupon_amount,
    stored_card_amount,
    bonus_amount,
    debt_amount,
    unsubscribe_reason,
    unsubscribe_fee
from hashed
