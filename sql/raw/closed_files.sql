-- grain: one row per report file kept at a closing
-- key: closing_id, name
-- The files themselves, compressed with zstd: whatever version runs later, it
-- gives back these bytes. sha256 and bytes are those of the file.
create table if not exists raw.closed_files (
    closing_id integer,
    name varchar,
    content blob,
    bytes bigint,
    sha256 varchar,
    row_count bigint
)
