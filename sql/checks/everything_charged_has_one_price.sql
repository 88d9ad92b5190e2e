-- A minute, message or number without a price would be free; with two it would
-- be charged twice (the keys of metered.usage and metered.rents catch that).
select month, hour_at, item, app_key, mode, number_kind
from metered.usage
where net_price_cny is null
union all
select month, hour_at, item, app_key, 'RENT', number_kind
from metered.rents
where net_price_cny is null
