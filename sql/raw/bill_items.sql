-- grain: one row per row of the bill's item table given
-- key: line
-- The vendor does not document what it calls PrivateNumber's minutes, SMS and
-- rent in a bill. These rows win over seeds.bill_items, the first that fits
-- first. Replaced whole when a table is given.
create table if not exists raw.bill_items (
    line integer,
    pattern varchar,
    product varchar,
    usage_type varchar,
    unit varchar,
    charging_mode varchar,
    item varchar
)
