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
    absent(trade_id) as trade_id,
    absent(original_order_id) as original_order_id,
    absent(bill_type) as bill_type,
    absent(order_type) as order_type,
    absent(resource_id) as resource_id,
    absent(resource_name) as resource_name,
    absent(resource_tag) as resource_tag,
    coalesce(bill_time(usage_start), range_start(consume_time)) as usage_start_at,
    coalesce(bill_time(usage_end), range_end(consume_time)) as usage_end_at,
    bill_time(trade_time) as trade_at,
    bill_decimal(unit_price) as unit_price_cny,
    coalesce(bill_decimal(usage), bill_decimal(order_quantity)) as quantity,
    bill_decimal(package_usage) as package_quantity,
    bill_decimal(official_price) as official_cny,
    bill_decimal(discount_amount) as discount_cny,
    bill_decimal(erased_amount) as erased_cny,
    bill_decimal(payable_amount) as payable_cny,
    case
        when bill_decimal(payable_amount) is null and absent(payable_amount) is not null then payable_amount
    end as odd_payable_amount,
    bill_payments(
        cash_amount, credit_amount, coupon_amount, cash_coupon_amount, stored_card_amount, bonus_amount, debt_amount
    ) as paid_cny,
    absent(unsubscribe_reason) as unsubscribe_reason,
    bill_decimal(unsubscribe_fee) as unsubscribe_fee_cny
from hashed
