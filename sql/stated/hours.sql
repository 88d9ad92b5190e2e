-- grain: one row per settlement hour of the account and item
-- key: month, hour_at, item
-- stored: view
-- The account's hours: computed, or as the month was closed.
with

closed as (
    select closing_id, month
    from staging.closings
    where reopened_at is null
)

select
    computed.month, computed.hour_at, computed.item,
    cast(sum(computed.quantity) as bigint) as quantity,
    cast(sum(computed.package_quantity) as bigint) as package_quantity,
    cast(sum(computed.payable_quantity) as bigint) as payable_quantity,
    cast(sum(computed.list_charge_cny) as decimal(24, 6)) as list_charge_cny,
    cast(sum(computed.charge_cny) as decimal(18, 2)) as charge_cny,
    cast(sum(computed.residue_cny) as decimal(18, 10)) as residue_cny
from settled.hours as computed
left join closed
    on computed.month = closed.month
where closed.month is null
group by computed.month, computed.hour_at, computed.item
union all
select
    frozen.month, frozen.hour_at, frozen.item, frozen.quantity, frozen.package_quantity, frozen.payable_quantity,
    frozen.list_charge_cny, frozen.charge_cny, frozen.residue_cny
from staging.closed_hours as frozen
inner join closed
    on frozen.closing_id = closed.closing_id
