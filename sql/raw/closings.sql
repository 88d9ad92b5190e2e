-- grain: one row per closing of a bill month
-- key: closing_id
-- A closing holds until it is reopened; both stay on record. Times are Beijing.
create table if not exists raw.closings (
    closing_id integer,
    month date,
    closed_at timestamp,
    version varchar,
    run_id varchar,
    note varchar,
    total_cny decimal(18, 2),
    reopened_at timestamp,
    reopen_reason varchar
)
