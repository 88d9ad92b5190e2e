-- grain: one row per settlement hour of the account, Beijing time
-- key: month, hour_at
-- The vendor settles by the hour and cuts the amount to the fen; what was cut
-- stands in residue_cny.
with

by_hour as (
    select
        month,
        hour_at,
        sum(billed_min) as billed_min,
        sum(package_min) as package_min,
        sum(list_charge_cny) as list_charge_cny,
        sum(call_charge_cny) as call_charge_cny
    from settled.charges
    where call_count > 0
    group by month, hour_at
)

select
    month,
    hour_at,
    cast(billed_min as bigint) as billed_min,
    cast(package_min as bigint) as package_min,
    cast(billed_min - package_min as bigint) as payable_min,
    cast(list_charge_cny as decimal(18, 2)) as list_charge_cny,
    cut_to_fen(call_charge_cny) as charge_cny,
    cast(call_charge_cny - cut_to_fen(call_charge_cny) as decimal(18, 8)) as residue_cny
from by_hour
