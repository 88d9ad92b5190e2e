-- grain: one row per closing, day of settlement, app, X number and mode
-- key: closing_id, date, app_key, x_number, mode
-- made by: month
-- The charges of a month as it was closed.
select
    closing_id, month, date, app_key, x_number, number_kind, mode,
    call_count, answered_count, duration_s, billed_min, package_min, list_charge_cny, call_charge_cny,
    sms_count, package_sms_count, sms_charge_cny, rent_cny
from raw.closed_charges
