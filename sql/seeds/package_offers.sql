-- grain: one row per package the vendor sells
-- key: minutes
-- Yearly packages of the price page (套餐包).
select minutes, messages, cast(price_cny as decimal(18, 2)) as price_cny
from (
    values
        (500, 50, '38'),
        (5000, 150, '280'),
        (50000, 1000, '2500'),
        (500000, 10000, '22500')
) as offers (minutes, messages, price_cny)
