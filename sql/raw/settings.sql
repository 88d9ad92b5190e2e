-- grain: one row per rule that is a setting, and one for the current month
-- key: name
-- Written by the build from the options it was given.
create table if not exists raw.settings (
    name varchar,
    value varchar
)
