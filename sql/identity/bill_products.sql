-- grain: one row per combination of product and usage names in bills
-- key: product_id
-- changes with: bills
-- Which item the names mean: the user's rules first, then ours. No rule, no item:
-- such rows stop nothing and are listed.
with

users_rules as (
    select
        products.product_id,
        rules.rule_no,
        rules.item,
        row_number() over (partition by products.product_id order by rules.rule_no) as place
    from staging.bill_products as products
    inner join staging.bill_items as rules
        on has_words(products.words, rules.pattern)
        and has_words(concat_ws(' ', products.product_type, products.product_name), rules.product)
        and has_words(products.usage_type, rules.usage_type)
        and has_words(products.usage_unit, rules.unit)
        and has_words(products.charging_mode, rules.charging_mode)
),

our_rules as (
    select
        products.product_id,
        rules.rule_no,
        rules.item,
        row_number() over (partition by products.product_id order by rules.rule_no) as place
    from staging.bill_products as products
    inner join seeds.bill_items as rules
        on has_words(products.words, rules.pattern)
        and has_words(products.usage_unit, rules.unit)
        and has_words(products.charging_mode, rules.charging_mode)
)

select
    products.product_id,
    products.product_type,
    products.product_name,
    products.spec,
    products.usage_type,
    products.usage_unit,
    products.charging_mode,
    products.currency,
    coalesce(users_rules.item, our_rules.item, 'unmapped') as item,
    case
        when users_rules.item is not null then 'line ' || users_rules.rule_no || ' of the item table'
        when our_rules.item is not null then 'default rule ' || our_rules.rule_no
    end as mapped_by
from staging.bill_products as products
left join users_rules
    on products.product_id = users_rules.product_id
    and users_rules.place = 1
left join our_rules
    on products.product_id = our_rules.product_id
    and our_rules.place = 1
