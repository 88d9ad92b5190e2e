-- grain: one row per X number, app and bill month
-- key: month, x_number, app_key
-- A number that served several apps within the month has a row for each; its
-- rent stands with the app that holds it.
select
    month,
    x_number,
    app_key,
    number_kind,
    cast(sum(call_count) as bigint) as call_count,
    cast(sum(answered_count) as bigint) as answered_count,
    cast(sum(duration_s) as bigint) as duration_s,
    cast(sum(billed_min) as bigint) as billed_min,
    cast(sum(package_min) as bigint) as package_min,
    cast(sum(list_charge_cny) as decimal(18, 6)) as list_charge_cny,
    cast(sum(call_charge_cny) as decimal(18, 2)) as call_charge_cny,
    cast(sum(sms_count) as bigint) as sms_count,
    cast(sum(sms_charge_cny) as decimal(18, 2)) as sms_charge_cny,
    cast(count(distinct case when x_number <> '(none)' then x_number end) as bigint) as number_count,
    cast(sum(rent_cny) as decimal(18, 2)) as rent_cny,
    cast(sum(call_charge_cny + sms_charge_cny + rent_cny) as decimal(18, 2)) as total_cny
from stated.daily_charges
group by month, x_number, app_key, number_kind
