-- grain: one row per complained number and bill month
-- key: month, x_number
-- stored: whole
-- The numbers and apps behind the rate. A complaint about a number that is
-- neither in the number table nor in any record is counted and named.
with

complained as (
    select
        month, x_number,
        count(*) as complaint_count,
        count(distinct type) as type_count,
        min(type) as first_type,
        max(type) as last_type,
        min(complaint_date) as first_date,
        max(complaint_date) as last_date,
        min(line) as line
    from staging.complaints
    group by month, x_number
),

users as (
    select
        x_number, month, app_key, call_count,
        row_number() over (partition by x_number, month order by call_count + message_count desc, app_key) as rank_in_month
    from rated.number_use
),

ever_used as (
    select x_number from rated.number_use group by x_number
)

select
    complained.month,
    complained.x_number,
    coalesce(numbers.app_key, users.app_key, '(none)') as app_key,
    cast(complained.complaint_count as bigint) as complaint_count,
    case
        when complained.type_count < 2 then complained.first_type
        when complained.type_count = 2 then complained.first_type || ', ' || complained.last_type
        else complained.first_type || ', ' || complained.last_type || ' …'
    end as types,
    complained.first_date,
    complained.last_date,
    cast(coalesce(users.call_count, 0) as bigint) as call_count,
    case
        when users.x_number is not null then 'in_use'
        when numbers.x_number is not null or ever_used.x_number is not null then 'not_used_in_month'
        else 'not_ours'
    end as status,
    complained.line as line
from complained
left join staging.numbers as numbers
    on complained.x_number = numbers.x_number
left join users
    on complained.x_number = users.x_number
    and complained.month = users.month
    and users.rank_in_month = 1
left join ever_used
    on complained.x_number = ever_used.x_number
