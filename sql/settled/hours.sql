-- grain: one row per settlement hour of the account, item and price
-- key: month, hour_at, item, price_line
-- moves days of: hour_at
-- What the vendor charges: quantity less packages, at the price and discount,
-- cut to the fen and not rounded (usermanual-billing, 抹零); what is cut stands
-- in residue_cny. state says how the hour divides: wholly paid in whole fen,
-- wholly from packages, or to be split.
with

priced as (
    select
        month, hour_at, item, price_line,
        max(price_cny) as price_cny,
        max(net_price_cny) as net_price_cny,
        sum(quantity) as quantity
    from metered.usage
    group by month, hour_at, item, price_line
    union all
    select month, hour_at, item, price_line, max(price_cny), max(net_price_cny), count(*)
    from metered.rents
    group by month, hour_at, item, price_line
),

drawn as (
    select item, hour_at, sum(drawn_quantity) as drawn_quantity
    from drawn.package_hours
    group by item, hour_at
),

-- Within an hour all prices draw alike: by quantity, largest remainder.
shared as (
    select
        priced.*,
        coalesce(drawn.drawn_quantity, 0) as drawn_quantity,
        sum(priced.quantity) over (partition by priced.month, priced.hour_at, priced.item) as hour_quantity
    from priced
    left join drawn
        on priced.item = drawn.item
        and priced.hour_at = drawn.hour_at
),

ranked as (
    select
        *,
        whole_share(quantity, drawn_quantity, hour_quantity) as share,
        row_number() over (
            partition by month, hour_at, item
            order by share_remainder(quantity, drawn_quantity, hour_quantity) desc, price_line
        ) as rank_in_hour
    from shared
),

drawn_by_price as (
    select
        *,
        share + case
            when rank_in_hour <= drawn_quantity - sum(share) over (partition by month, hour_at, item) then 1
            else 0
        end as package_quantity
    from ranked
),

payable as (
    select
        *,
        quantity - package_quantity as payable_quantity,
        cast((quantity - package_quantity) * net_price_cny as decimal(28, 10)) as exact_cny
    from drawn_by_price
)

select
    month,
    hour_at,
    item,
    price_line,
    price_cny,
    net_price_cny,
    cast(quantity as bigint) as quantity,
    cast(package_quantity as bigint) as package_quantity,
    cast(payable_quantity as bigint) as payable_quantity,
    case
        when package_quantity = quantity and quantity > 0 then 'package'
        when package_quantity = 0 and cut_to_fen(net_price_cny) = net_price_cny then 'paid'
        when quantity = 0 then 'paid'
        else 'split'
    end as state,
    cast(quantity * price_cny as decimal(24, 6)) as list_charge_cny,
    cut_to_fen(exact_cny) as charge_cny,
    cast(exact_cny - cut_to_fen(exact_cny) as decimal(18, 10)) as residue_cny
from payable
