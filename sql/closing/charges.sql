-- What is kept of a month's charges when it is closed. Without it a later
-- build would have nothing to hold the month to.
select
    month, date, app_key, x_number, number_kind, mode,
    call_count, answered_count, duration_s, billed_min, package_min, list_charge_cny, call_charge_cny,
    sms_count, package_sms_count, sms_charge_cny, rent_cny
from stated.daily_charges
