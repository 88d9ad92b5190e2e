-- grain: one row per day of settlement, app, X number and mode
-- key: month, date, app_key, x_number, mode
-- made by: day of date
-- The one place where calls, messages and rents become money per app and X
-- number: every breakdown adds up these rows. Messages stand under the mode
-- SMS, rents under RENT.
with

-- What each call of an hour pays when the hour needs no splitting.
tariff as not materialized (
    select
        usage.month, usage.hour_at, usage.item, usage.app_key, usage.mode, usage.number_kind,
        usage.price_cny, usage.net_price_cny, hours.state
    from metered.usage as usage
    inner join settled.hours as hours
        on usage.month = hours.month
        and usage.hour_at = hours.hour_at
        and usage.item = hours.item
        and usage.price_line = hours.price_line
),

class_tariff as (
    select tariff.month, tariff.hour_at, classes.class_no, tariff.price_cny, tariff.net_price_cny, tariff.state
    from tariff
    inner join rated.classes as classes
        on tariff.app_key = classes.app_key
        and tariff.mode = classes.mode
        and tariff.number_kind = classes.number_kind
    where tariff.item = 'call'
),

route_minutes as (
    select
        calls.month, cast(calls.hour_at as date) as date, calls.route_month, calls.route_no,
        tariff.price_cny, tariff.net_price_cny, tariff.state,
        count(*) as call_count,
        sum(case when calls.is_answered then 1 else 0 end) as answered_count,
        sum(calls.duration_s) as duration_s,
        sum(calls.billed_min) as billed_min
    from rated.calls as calls
    inner join class_tariff as tariff
        on calls.month = tariff.month
        and calls.hour_at = tariff.hour_at
        and calls.class_no = tariff.class_no
    where can_count(calls.last_known_at)
    group by calls.month, cast(calls.hour_at as date), calls.route_month, calls.route_no,
        tariff.price_cny, tariff.net_price_cny, tariff.state
),

minutes as (
    select route_minutes.*, routes.app_key, routes.x_number, routes.number_kind, routes.mode
    from route_minutes
    inner join classed.routes as routes
        on route_minutes.route_month = routes.month
        and route_minutes.route_no = routes.route_no
),

messages as (
    select
        messages.month, cast(messages.hour_at as date) as date, messages.app_key, messages.x_number, messages.number_kind,
        tariff.net_price_cny, tariff.state,
        sum(messages.billable_count) as sms_count
    from rated.messages as messages
    inner join tariff
        on messages.month = tariff.month
        and messages.hour_at = tariff.hour_at
        and messages.item = tariff.item
        and messages.app_key = tariff.app_key
        and messages.number_kind = tariff.number_kind
    group by messages.month, cast(messages.hour_at as date), messages.app_key, messages.x_number, messages.number_kind,
        tariff.net_price_cny, tariff.state
),

shares as (
    select shares.*
    from allocated.shares as shares
    cross join staging.settings as settings
    where shares.split_rule in ('any', settings.split_rule)
),

charges as (
    select
        month, date, app_key, x_number, number_kind, mode,
        call_count, answered_count, duration_s, billed_min,
        case when state = 'package' then billed_min else 0 end as package_min,
        billed_min * price_cny as list_charge_cny,
        case when state = 'paid' then billed_min * net_price_cny else 0 end as call_charge_cny,
        0 as sms_count, 0 as package_sms_count, 0 as sms_charge_cny, 0 as rent_cny
    from minutes
    union all
    select
        month, date, app_key, x_number, number_kind, 'SMS',
        0, 0, 0, 0, 0, 0, 0,
        sms_count,
        case when state = 'package' then sms_count else 0 end,
        case when state = 'paid' then sms_count * net_price_cny else 0 end,
        0
    from messages
    union all
    select
        rents.month, cast(rents.hour_at as date), rents.app_key, rents.x_number, rents.number_kind, 'RENT',
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        case when hours.state = 'paid' then rents.net_price_cny else 0 end
    from metered.rents as rents
    inner join settled.hours as hours
        on rents.month = hours.month
        and rents.hour_at = hours.hour_at
        and rents.item = hours.item
        and rents.price_line = hours.price_line
    union all
    select
        month, cast(hour_at as date), app_key, x_number, number_kind, mode,
        0, 0, 0, 0,
        case when item = 'call' then package_quantity else 0 end,
        0,
        case when item = 'call' then charge_cny else 0 end,
        0,
        case when mode = 'SMS' then package_quantity else 0 end,
        case when mode = 'SMS' then charge_cny else 0 end,
        case when mode = 'RENT' then charge_cny else 0 end
    from shares
)

select
    month,
    date,
    app_key,
    x_number,
    max(number_kind) as number_kind,
    mode,
    cast(sum(call_count) as bigint) as call_count,
    cast(sum(answered_count) as bigint) as answered_count,
    cast(sum(duration_s) as bigint) as duration_s,
    cast(sum(billed_min) as bigint) as billed_min,
    cast(sum(package_min) as bigint) as package_min,
    cast(sum(list_charge_cny) as decimal(18, 6)) as list_charge_cny,
    sum_to_fen(sum(call_charge_cny)) as call_charge_cny,
    cast(sum(sms_count) as bigint) as sms_count,
    cast(sum(package_sms_count) as bigint) as package_sms_count,
    sum_to_fen(sum(sms_charge_cny)) as sms_charge_cny,
    sum_to_fen(sum(rent_cny)) as rent_cny
from charges
group by month, date, app_key, x_number, mode
