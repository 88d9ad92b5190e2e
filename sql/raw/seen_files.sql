-- grain: one row per file on disk, as it was when its content was last hashed
-- key: path
-- A file with the same size, inode and times is not read to be hashed again; the
-- content itself is in raw.files. Times are in ns since 1970; changed is when the
-- system last wrote the file's content, name or rights, which it alone sets.
create table if not exists raw.seen_files (
    path varchar,
    bytes bigint,
    inode bigint,
    modified_ns bigint,
    changed_ns bigint,
    sha256 varchar
)
