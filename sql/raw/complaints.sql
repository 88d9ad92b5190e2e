-- grain: one row per complaint of the complaint table given
-- key: line
-- The vendor delivers complaints by mail and documents no format (domain 8).
-- complained_party can be a person's number. Replaced whole when a table is given.
create table if not exists raw.complaints (
    line integer,
    complaint_date date,
    x_number varchar,
    complained_party varchar,
    type varchar,
    source varchar,
    note varchar
)
