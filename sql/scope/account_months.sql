-- grain: one row per bill month of the account
-- key: month
-- Every month from the first to the last of which records or a bill are known, and
-- on to one asked for: in a month without a call, numbers pay rent all the same.
-- What was asked for before the first known month opens nothing: a slip of the pen
-- would charge rent for years.
with

known as (
    select min(month) as first_month, max(month) as last_month from raw.fee_records where month > undated()
    union all
    select min(month), max(month) from raw.events where month > undated()
    union all
    select min(month), max(month) from raw.sms where month > undated()
    union all
    select min(month), max(month) from raw.bill_file_months
    union all
    select min(month), max(month) from raw.pruned_months
),

span as (
    select min(first_month) as first_month, max(last_month) as last_month
    from known
),

asked as (
    select max(asked.month) as last_month
    from raw.asked_months as asked
    inner join span
        on asked.month > span.first_month
)

select cast(unnest(generate_series(span.first_month, greatest(span.last_month, asked.last_month), interval 1 month)) as date) as month
from span
cross join asked
where span.first_month is not null
