-- grain: one row per settlement hour of the account, Beijing time
-- key: month, hour_at
-- The vendor settles by the hour and cuts the amount to the fen; what was cut
-- stands in residue_cny.
with

by_price as (
    select month, hour_at, price_cny_per_min, sum(billed_min) as billed_min
    from rated.calls
    group by month, hour_at, price_cny_per_min
),

by_hour as (
    select
        month,
        hour_at,
        sum(billed_min) as billed_min,
        cast(sum(billed_min * price_cny_per_min) as decimal(18, 8)) as list_charge_cny
    from by_price
    group by month, hour_at
)

select
    month,
    hour_at,
    cast(billed_min as bigint) as billed_min,
    cast(0 as bigint) as package_min,
    cast(billed_min as bigint) as payable_min,
    cast(list_charge_cny as decimal(18, 2)) as list_charge_cny,
    cut_to_fen(list_charge_cny) as charge_cny,
    cast(list_charge_cny - cut_to_fen(list_charge_cny) as decimal(18, 8)) as residue_cny
from by_hour
