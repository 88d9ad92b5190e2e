-- grain: one row per closing, settlement hour of the account and item
-- key: closing_id, hour_at, item
-- The account's hours as the month was closed.
create table if not exists raw.closed_hours (
    closing_id integer,
    month date,
    hour_at timestamp,
    item varchar,
    quantity bigint,
    package_quantity bigint,
    payable_quantity bigint,
    list_charge_cny decimal(24, 6),
    charge_cny decimal(18, 2),
    residue_cny decimal(18, 10)
)
