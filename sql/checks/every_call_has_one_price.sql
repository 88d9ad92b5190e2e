-- A call without a price would be free; a call with two would be charged twice
-- (the key of rated.calls catches that one).
select call_id, app_key, x_number, mode, hour_at
from rated.calls
where price_cny_per_min is null
