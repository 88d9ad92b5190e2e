-- grain: one row per change found in a closed month, app and X number
-- key: closing_id, entry, app_key, x_number
-- Written by the build that found it, never changed: closed charges and
-- adjustments together are what is known now. entry counts the builds that
-- found something; causes say what had changed before it.
create table if not exists raw.adjustments (
    closing_id integer,
    entry integer,
    month date,
    noticed_date date,
    app_key varchar,
    x_number varchar,
    call_count bigint,
    billed_min bigint,
    package_min bigint,
    sms_count bigint,
    call_charge_cny decimal(18, 2),
    sms_charge_cny decimal(18, 2),
    rent_cny decimal(18, 2),
    causes varchar
)
