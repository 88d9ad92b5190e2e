-- grain: one row per bill month of the account
-- key: month
select month
from raw.account_months
