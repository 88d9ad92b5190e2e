-- grain: one row per item and resource that a bill names, and bill month
-- key: month, item, x_number
-- changes with: bills
-- Whether the resource of a row is the X number is not documented; where it is,
-- the bill can be held against the charges number by number. (What is no number
-- is left out by the reader: a filter here would be spelt out into the view.)
with

by_resource as (
    select
        month, item,
        coalesce(resource_id, resource_name) as resource,
        sum(coalesce(quantity, 0)) as quantity,
        sum(coalesce(amount_cny, 0)) as amount_cny
    from settled.bill_lines
    where is_in_force
        and item not in ('package', 'unmapped')
        and coalesce(resource_id, resource_name) is not null
    group by month, item, coalesce(resource_id, resource_name)
),

named as (
    select month, item, normal_number(resource) as x_number, quantity, amount_cny
    from by_resource
)

select
    month,
    item,
    x_number,
    cast(sum(quantity) as decimal(28, 8)) as quantity,
    cast(sum(amount_cny) as decimal(28, 8)) as amount_cny
from named
group by month, item, x_number
