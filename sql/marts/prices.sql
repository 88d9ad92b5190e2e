-- grain: one row per item, number kind, app, mode and period in force
-- key: item, number_kind, app_key, mode, valid_from_at
-- changes with: prices
-- What the charges were made with. Empty app and mode mean all that no row
-- names; a month shows the prices that held in it.
select
    item,
    number_kind,
    app_key,
    mode,
    price_cny,
    discount,
    net_price_cny,
    price_line,
    valid_from_at,
    valid_to_at,
    month_of(valid_from_at) as month_from,
    month_of(valid_to_at - interval 1 second) as month_to
from staging.prices
