-- grain: one row per bill month of the account, as the last build found them
-- key: month
-- Asked of all records once a build.
create table if not exists raw.account_months (
    month date
)
