-- grain: one row per combination of product and usage names in bills
-- key: product_id
-- changes with: bills
-- words is what the mapping looks at: the service's own name (隐私保护通话) holds the
-- word for calls, so it is taken out first.
select
    product_id,
    absent(service_type_code) as service_type_code,
    absent(product_type) as product_type,
    absent(product_code) as product_code,
    absent(product_name) as product_name,
    absent(resource_type) as resource_type,
    absent(charging_mode) as charging_mode,
    absent(sku_code) as sku_code,
    absent(spec) as spec,
    absent(region) as region,
    absent(usage_type) as usage_type,
    absent(usage_unit) as usage_unit,
    absent(price_unit) as price_unit,
    currency_code(currency) as currency,
    bill_words(concat_ws(' ', absent(product_name), absent(resource_type), absent(spec), absent(usage_type))) as words
from raw.bill_products
