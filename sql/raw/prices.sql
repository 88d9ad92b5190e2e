-- grain: one row per row of the price table given
-- key: line
-- Empty text means any; an empty end means without end. Without a price table
-- the list prices of seeds.prices hold. Replaced whole when a table is given.
create table if not exists raw.prices (
    line integer,
    item varchar,
    number_kind varchar,
    app_key varchar,
    mode varchar,
    valid_from_at timestamp,
    valid_to_at timestamp,
    price_cny decimal(12, 6),
    discount decimal(5, 4)
)
