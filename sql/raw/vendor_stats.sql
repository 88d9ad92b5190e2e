-- grain: one row per day of the console's statistics given
-- key: date
-- The vendor's own count (业务统计), a control that depends on no callback.
-- Replaced whole when a table is given.
create table if not exists raw.vendor_stats (
    line integer,
    date date,
    call_count bigint,
    answered_count bigint,
    duration_s bigint
)
