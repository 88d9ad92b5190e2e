-- grain: one row per X number and bill month it is charged rent for
-- key: month, x_number
-- moves days of: hour_at
-- Charged on the 1st for every number not returned, and in full on the day of
-- issue; returned after the 25th, the next month is still charged (rent rules
-- of the price page). A number in use that the table lacks is held by the
-- account all the same, and pays by its guessed kind.
with

-- Of several apps on one number, the one that used it most holds it.
users as (
    select
        month, x_number, app_key,
        row_number() over (partition by month, x_number order by call_count + message_count desc, app_key) as rank_in_number
    from rated.number_use
    where is_x_number(x_number)
),

listed as (
    select
        months.month,
        numbers.x_number,
        numbers.number_kind,
        numbers.app_key,
        case when month_of(numbers.issued_date) = months.month then numbers.issued_date else months.month end as charged_date,
        case
            when month_of(numbers.issued_date) = months.month then 'issued'
            when numbers.returned_date < months.month then 'returned late'
            else 'held'
        end as reason
    from staging.numbers as numbers
    inner join rated.months as months
        on coalesce(numbers.issued_date, months.month) < months.month + interval 1 month
        and (
            numbers.returned_date is null
            or numbers.returned_date > months.month - interval 1 month + interval 24 day
            or month_of(numbers.issued_date) = months.month
        )
),

unlisted as (
    select
        users.month,
        users.x_number,
        guessed_number_kind(users.x_number) as number_kind,
        users.app_key,
        users.month as charged_date,
        'in use, not in the number table' as reason
    from users
    left join staging.numbers as numbers
        on users.x_number = numbers.x_number
    where users.rank_in_number = 1 and users.month > undated() and numbers.x_number is null
),

charged as (
    select
        listed.month,
        listed.x_number,
        listed.number_kind,
        coalesce(listed.app_key, users.app_key, '(none)') as app_key,
        cast(listed.charged_date as timestamp) as hour_at,
        listed.reason
    from listed
    left join users
        on listed.month = users.month
        and listed.x_number = users.x_number
        and users.rank_in_number = 1
    union all
    select month, x_number, number_kind, app_key, cast(charged_date as timestamp), reason
    from unlisted
)

select
    charged.month,
    charged.x_number,
    charged.app_key,
    charged.number_kind,
    'rent_' || charged.number_kind as item,
    charged.reason,
    coalesce(prices.price_line, -1) as price_line,
    prices.price_cny,
    prices.discount,
    prices.net_price_cny,
    charged.hour_at
from charged
left join (select distinct app_key from staging.prices) as priced_apps
    on charged.app_key = priced_apps.app_key
left join staging.prices as prices
    on prices.item = 'rent'
    and charged.number_kind = prices.number_kind
    and coalesce(priced_apps.app_key, '') = prices.app_key
    and prices.mode = ''
    and charged.hour_at >= prices.valid_from_at
    and charged.hour_at < prices.valid_to_at
