-- grain: one row per settlement hour, item, app, mode and number kind, with its price
-- key: month, hour_at, item, app_key, mode, number_kind
-- made by: day of hour_at
-- All that one price holds for. The price is that of the hour's beginning:
-- the vendor settles by the hour, so prices change on the hour. Line -1 is no
-- price at all, which a check refuses.
with

minutes as (
    select month, hour_at, class_no, sum(billed_min) as quantity
    from rated.calls
    where can_count(last_known_at)
    group by month, hour_at, class_no
),

used as (
    select minutes.month, minutes.hour_at, 'call' as item, 'call' as priced_item, classes.app_key, classes.mode, classes.number_kind, minutes.quantity
    from minutes
    left join rated.classes as classes
        on minutes.class_no = classes.class_no
    union all
    select month, hour_at, item, 'sms', app_key, 'SMS', number_kind, sum(billable_count)
    from rated.messages
    group by month, hour_at, item, app_key, number_kind
)

select
    used.month,
    used.hour_at,
    used.item,
    used.app_key,
    used.mode,
    used.number_kind,
    cast(used.quantity as bigint) as quantity,
    coalesce(prices.price_line, -1) as price_line,
    prices.price_cny,
    prices.discount,
    prices.net_price_cny
from used
left join (select distinct app_key from staging.prices) as priced_apps
    on used.app_key = priced_apps.app_key
left join (select distinct mode from staging.prices) as priced_modes
    on used.mode = priced_modes.mode
left join staging.prices as prices
    on used.priced_item = prices.item
    and used.number_kind = prices.number_kind
    and coalesce(priced_apps.app_key, '') = prices.app_key
    and coalesce(priced_modes.mode, '') = prices.mode
    and used.hour_at >= prices.valid_from_at
    and used.hour_at < prices.valid_to_at
