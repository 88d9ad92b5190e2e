-- grain: one row per bill month whose raw rows changed since the last build
-- key: month
-- Written by load, emptied by build: a night costs its month, not the year.
create table if not exists raw.months_to_build (
    month date
)
