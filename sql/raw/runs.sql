-- grain: one row per run of a scheduled job
-- key: run_id
-- The history a schedule starts from: what was due since the last finished run
-- is caught up. A row still running when the database is opened again is of a
-- process that is gone, since one process at a time has the file.
create table if not exists raw.runs (
    run_id bigint,
    job varchar,
    reason varchar,
    month varchar,
    due_utc_at timestamp,
    started_utc_at timestamp,
    ended_utc_at timestamp,
    status varchar,
    detail varchar,
    watched varchar
)
