-- grain: one row per PrivateNumber row of a bill file
-- key: file_id, line
-- Read as what they are, once: a bill can have millions of rows, and every build
-- reads them. Amounts are exact decimals, times Beijing wall clock; what the bill
-- leaves out (-- or blank) is null, and an amount that does not read stands as it
-- came in odd_payable_amount. File and line find the row again. month is that of
-- the billing cycle; content_hash is over all of the row and finds rows that are
-- delivered twice.
create table if not exists raw.bill_lines (
    file_id integer not null,
    line bigint not null,
    month date not null,
    product_id ubigint not null,
    content_hash ubigint not null,
    trade_id varchar,
    original_order_id varchar,
    bill_type varchar,
    order_type varchar,
    resource_id varchar,
    resource_name varchar,
    resource_tag varchar,
    usage_start_at timestamp,
    usage_end_at timestamp,
    trade_at timestamp,
    unit_price_cny decimal(24, 8),
    quantity decimal(24, 8),
    package_quantity decimal(24, 8),
    official_cny decimal(24, 8),
    discount_cny decimal(24, 8),
    erased_cny decimal(24, 8),
    payable_cny decimal(24, 8),
    odd_payable_amount varchar,
    paid_cny decimal(24, 8),
    unsubscribe_reason varchar,
    unsubscribe_fee_cny decimal(24, 8)
)
