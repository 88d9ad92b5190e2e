-- grain: one row per piece of a file that is no callback
-- key: file_id, body_no
-- Kept whole, so that a reader's fault can be mended without the file.
create table if not exists raw.rejects (
    file_id integer,
    body_no bigint,
    line bigint,
    reason varchar,
    detail varchar,
    text varchar
)
