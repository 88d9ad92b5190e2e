-- grain: one row per number in a status notice
-- key: file_id, body_no, notice_no
-- The body has no time and no app: both come from what the archive wrapped
-- around it, and are empty when it did not.
create table if not exists raw.number_status (
    file_id integer,
    body_no bigint,
    notice_no integer,
    line bigint,
    month date,
    number varchar,
    status varchar,
    cause varchar,
    received_time varchar,
    header_app_key varchar
)
