-- grain: one row per bill month of the account
-- key: month
-- Every month from the first to the last of which records or a bill are known, and
-- on to one asked for: in a month without a call, numbers pay rent all the same.
-- What was asked for before the first known month opens nothing: a slip of the pen
-- would charge rent for years.
with

known as (
    select month from raw.fee_records where month > undated() group by month
    union
    select month from raw.events where month > undated() group by month
    union
    select month from raw.sms where month > undated() group by month
    union
    select month from raw.bill_file_months
    union
    select month from raw.pruned_months
),

span as (
    select
        min(known.month) as first_month,
        greatest(max(known.month), max(asked.month)) as last_month
    from known
    left join raw.asked_months as asked
        on asked.month > known.month
)

select cast(unnest(generate_series(first_month, last_month, interval 1 month)) as date) as month
from span
where first_month is not null
