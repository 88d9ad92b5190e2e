-- grain: one row per combination of names on the bill and bill month
-- key: month, product_id
-- changes with: bills
-- How the bill's names were understood. Unmapped ones come first: they are no
-- item's and count as unexplained until a row of --bill-items maps them.
select
    rows.month,
    cast(rows.product_id as varchar) as product_id,
    names.product_type,
    names.product_name,
    names.spec,
    names.usage_type,
    names.usage_unit,
    names.charging_mode,
    names.item,
    names.mapped_by,
    cast(sum(rows.line_count) as bigint) as line_count,
    cast(sum(rows.quantity) as decimal(18, 2)) as quantity,
    cast(sum(rows.amount_cny) as decimal(18, 8)) as bill_cny
from allocated.bill_usage as rows
inner join identity.bill_products as names
    on rows.product_id = names.product_id
where rows.is_in_force
group by rows.month, rows.product_id, names.product_type, names.product_name, names.spec, names.usage_type,
    names.usage_unit, names.charging_mode, names.item, names.mapped_by
