-- grain: one row per object of a store, in each of its states that was read
-- key: bucket, object_key, etag
-- What was read need not be fetched again; the content itself is in raw.files.
create table if not exists raw.objects (
    bucket varchar,
    object_key varchar,
    etag varchar,
    bytes bigint,
    modified_utc_at timestamp,
    read_utc_at timestamp
)
