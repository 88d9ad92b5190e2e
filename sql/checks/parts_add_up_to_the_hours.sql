-- What apps and X numbers are charged is what the account is charged, to the
-- fen, in every split hour and under both rules; else a part of the bill would
-- be nobody's.
with

shared as (
    select
        month, hour_at, item, price_line, split_rule,
        sum(quantity) as quantity, sum(package_quantity) as package_quantity, sum(charge_cny) as charge_cny,
        min(charge_cny) as least_charge_cny, min(quantity - package_quantity) as least_payable
    from allocated.shares
    group by month, hour_at, item, price_line, split_rule
)

select
    hours.month, hours.hour_at, hours.item, hours.price_line, shared.split_rule,
    hours.quantity, shared.quantity as shared_quantity,
    hours.package_quantity, shared.package_quantity as shared_package_quantity,
    hours.charge_cny, shared.charge_cny as shared_charge_cny
from settled.hours as hours
left join shared
    on hours.month = shared.month
    and hours.hour_at = shared.hour_at
    and hours.item = shared.item
    and hours.price_line = shared.price_line
where hours.state = 'split'
    and (
        shared.quantity is null
        or hours.quantity <> shared.quantity
        or hours.package_quantity <> shared.package_quantity
        or hours.charge_cny <> shared.charge_cny
        or shared.least_charge_cny < 0
        or shared.least_payable < 0
    )
