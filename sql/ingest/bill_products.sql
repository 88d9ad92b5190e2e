-- grain: one row per combination of product and usage names in the bill file
-- key: product_id, account
-- Both the names to keep and the counts of the file; other products are counted
-- and left out.
with

grouped as (
    select
        service_type_code,
        product_type,
        product_code,
        product_name,
        resource_type,
        charging_mode,
        sku_code,
        spec,
        region,
        usage_type,
        usage_unit,
        price_unit,
        currency,
        account,
        count(*) as row_count
    from bill_given
    group by all
)

select
    hash(
        service_type_code, product_type, product_code, product_name, resource_type, charging_mode,
        sku_code, spec, region, usage_type, usage_unit, price_unit, currency
    ) as product_id,
    service_type_code,
    product_type,
    product_code,
    product_name,
    resource_type,
    charging_mode,
    sku_code,
    spec,
    region,
    usage_type,
    usage_unit,
    price_unit,
    currency,
    absent(account) as account,
    is_private_number(service_type_code, product_type, product_name) as is_private_number,
    row_count
from grouped
