-- grain: one row per app and day of settlement, Beijing time
-- key: month, date, app_key
-- Without rent, which belongs to the month.
select
    month,
    date,
    app_key,
    cast(sum(call_count) as bigint) as call_count,
    cast(sum(answered_count) as bigint) as answered_count,
    cast(sum(duration_s) as bigint) as duration_s,
    cast(sum(billed_min) as bigint) as billed_min,
    cast(sum(package_min) as bigint) as package_min,
    cast(sum(list_charge_cny) as decimal(18, 6)) as list_charge_cny,
    cast(sum(call_charge_cny) as decimal(18, 2)) as call_charge_cny,
    cast(sum(sms_count) as bigint) as sms_count,
    cast(sum(sms_charge_cny) as decimal(18, 2)) as sms_charge_cny,
    cast(sum(call_charge_cny + sms_charge_cny) as decimal(18, 2)) as total_cny
from stated.daily_charges
where mode <> 'RENT'
group by month, date, app_key
