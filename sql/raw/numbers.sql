-- grain: one row per X number of the number table given
-- key: x_number
-- Kind decides rent and the price of SMS and is in no callback. Replaced whole
-- when a table is given. An empty issue date means before all records.
create table if not exists raw.numbers (
    line integer,
    x_number varchar,
    number_kind varchar,
    app_key varchar,
    city varchar,
    issued_date date,
    returned_date date
)
