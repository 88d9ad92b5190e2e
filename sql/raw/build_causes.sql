-- grain: one row per month and reason for the running build to charge it anew
-- key: month, cause
-- Becomes the reason of the adjustments that the build finds.
create table if not exists raw.build_causes (
    month date,
    cause varchar
)
