-- grain: one row per bill month that was asked for by name
-- key: month
-- A month without a single call has rent to pay, once somebody asks for it.
create table if not exists raw.asked_months (
    month date
)
