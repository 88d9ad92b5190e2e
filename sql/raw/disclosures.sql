-- grain: one row per time the numbers of people were written out in full
-- key: at_utc, what, os_user
-- Written before the files are, so that none was written without a word. The
-- reason is what the one who asked gave for it.
create table if not exists raw.disclosures (
    at_utc timestamp,
    what varchar,
    period varchar,
    os_user varchar,
    reason varchar
)
