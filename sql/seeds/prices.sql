-- grain: one row per list price and the time it holds
-- key: item, number_kind, app_key, mode, valid_from_at
-- List prices of the vendor's price page; empty means any. A contract's own
-- prices replace them.
select
    item,
    number_kind,
    app_key,
    mode,
    cast(valid_from as timestamp) as valid_from_at,
    cast(valid_to as timestamp) as valid_to_at,
    cast(price_cny as decimal(12, 6)) as price_cny
from (
    values
        ('call', '', '', '', '1970-01-01', '2100-01-01', '0.06'),
        ('sms', 'carrier', '', '', '1970-01-01', '2100-01-01', '0.27'),
        ('sms', 'virtual', '', '', '1970-01-01', '2100-01-01', '0.28'),
        ('rent', 'carrier', '', '', '1970-01-01', '2100-01-01', '15'),
        ('rent', 'virtual', '', '', '1970-01-01', '2100-01-01', '5')
) as list_prices (item, number_kind, app_key, mode, valid_from, valid_to, price_cny)
