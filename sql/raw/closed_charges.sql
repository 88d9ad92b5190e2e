-- grain: one row per closing, day of settlement, app, X number and mode
-- key: closing_id, date, app_key, x_number, mode
-- The charges of a month as it was closed.
create table if not exists raw.closed_charges (
    closing_id integer,
    month date,
    date date,
    app_key varchar,
    x_number varchar,
    number_kind varchar,
    mode varchar,
    call_count bigint,
    answered_count bigint,
    duration_s bigint,
    billed_min bigint,
    package_min bigint,
    list_charge_cny decimal(18, 6),
    call_charge_cny decimal(18, 2),
    sms_count bigint,
    package_sms_count bigint,
    sms_charge_cny decimal(18, 2),
    rent_cny decimal(18, 2)
)
