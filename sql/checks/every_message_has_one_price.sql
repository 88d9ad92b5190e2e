-- A message without a price would be free.
select app_key, x_number, number_kind, hour_at
from rated.messages
where price_cny_per_message is null
