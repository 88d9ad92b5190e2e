-- grain: one row per day of settlement, app, X number and mode
-- key: month, date, app_key, x_number, mode
-- The one place where calls and messages become money per app and X number:
-- every breakdown adds up these rows. Minutes are summed per price before they
-- are multiplied, which is the same to the last digit. Packages are not drawn
-- on yet: what is payable is the list charge.
with

minutes as (
    select
        month,
        cast(hour_at as date) as date,
        app_key,
        x_number,
        mode,
        price_cny_per_min,
        count(*) as call_count,
        sum(case when is_answered then 1 else 0 end) as answered_count,
        sum(duration_s) as duration_s,
        sum(billed_min) as billed_min
    from rated.calls
    group by month, cast(hour_at as date), app_key, x_number, mode, price_cny_per_min
),

messages as (
    select
        month,
        cast(hour_at as date) as date,
        app_key,
        x_number,
        price_cny_per_message,
        sum(billable_count) as sms_count
    from rated.messages
    group by month, cast(hour_at as date), app_key, x_number, price_cny_per_message
),

charges as (
    select
        month, date, app_key, x_number, mode,
        call_count, answered_count, duration_s, billed_min,
        billed_min * price_cny_per_min as list_charge_cny,
        0 as sms_count,
        0 as sms_charge_cny
    from minutes
    union all
    select
        month, date, app_key, x_number, 'SMS' as mode,
        0, 0, 0, 0,
        0,
        sms_count,
        sms_count * price_cny_per_message
    from messages
)

select
    month,
    date,
    app_key,
    x_number,
    guessed_number_kind(x_number) as number_kind,
    mode,
    cast(sum(call_count) as bigint) as call_count,
    cast(sum(answered_count) as bigint) as answered_count,
    cast(sum(duration_s) as bigint) as duration_s,
    cast(sum(billed_min) as bigint) as billed_min,
    cast(0 as bigint) as package_min,
    cast(sum(list_charge_cny) as decimal(18, 8)) as list_charge_cny,
    cast(sum(list_charge_cny) as decimal(18, 8)) as call_charge_cny,
    cast(sum(sms_count) as bigint) as sms_count,
    cast(sum(sms_charge_cny) as decimal(18, 8)) as sms_charge_cny
from charges
group by month, date, app_key, x_number, mode
