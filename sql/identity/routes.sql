-- grain: one row per bill month and way that its records came by: app, X number and mode
-- key: month, route_no
-- stored: view
-- A month has as many as it has X numbers, roughly: a call holds the number instead of
-- three texts, which would be half of what it costs to store.
select
    month,
    route_no,
    coalesce(nullif(app_key, ''), '(none)') as app_key,
    x_number_of(x_packed, x_other) as x_number,
    mode_of(service_packed, is_block, service_other) as mode,
    app_key as delivered_app_key,
    x_packed,
    x_other,
    service_packed,
    is_block,
    service_other
from raw.routes
