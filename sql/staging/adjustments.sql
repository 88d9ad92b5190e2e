-- grain: one row per change found in a closed month, app and X number
-- key: closing_id, entry, app_key, x_number
-- made by: month
-- What came to light after a closing.
select
    closing_id, entry, month, noticed_date, app_key, x_number,
    call_count, billed_min, package_min, sms_count, call_charge_cny, sms_charge_cny, rent_cny, causes
from raw.adjustments
