-- grain: one row per file read, or per member of an archive
-- key: file_id
-- The ledger. A file is known by the hash of its bytes, so a copy under
-- another name is not loaded again. source is the file on disk; for a member
-- of an archive file goes on behind it, and sha256 is the archive's.
create table if not exists raw.files (
    file_id integer not null,
    file varchar not null,
    source varchar not null,
    sha256 varchar not null,
    bytes bigint not null,
    source_bytes bigint not null,
    line_count bigint not null,
    blank_line_count bigint not null,
    frame_line_count bigint not null,
    frame_count bigint not null,
    repaired_line_count bigint not null,
    body_count bigint,
    record_count bigint,
    event_count bigint,
    message_count bigint,
    status_count bigint,
    reject_count bigint,
    status varchar not null,
    loaded_at timestamp not null
)
