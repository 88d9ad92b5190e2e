-- grain: one row per table kept by hand that charges were made with
-- key: name
-- What a figure rests on beside the archive: shown in every report's
-- provenance, and a change of sha256 makes charges anew.
create table if not exists raw.input_tables (
    name varchar,
    file varchar,
    sha256 varchar,
    row_count bigint
)
