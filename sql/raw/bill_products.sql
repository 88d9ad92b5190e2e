-- grain: one row per combination of product and usage names in bills
-- key: product_id
-- A bill repeats a handful of names on millions of rows; here they stand once,
-- as they came, and are mapped to items once.
create table if not exists raw.bill_products (
    product_id ubigint not null,
    service_type_code varchar,
    product_type varchar,
    product_code varchar,
    product_name varchar,
    resource_type varchar,
    charging_mode varchar,
    sku_code varchar,
    spec varchar,
    region varchar,
    usage_type varchar,
    usage_unit varchar,
    price_unit varchar,
    currency varchar
)
