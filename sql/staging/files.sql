-- grain: one row per file read
-- key: file_id
-- A path whose content was replaced, or a name that occurs twice in an
-- archive, is listed again with a number, so that a name means one thing.
select
    file_id,
    case
        when occurrence = 1 then file
        else file || ' #' || occurrence
    end as file,
    source,
    sha256,
    bytes,
    line_count,
    blank_line_count,
    frame_line_count,
    frame_count,
    repaired_line_count,
    body_count,
    record_count,
    event_count,
    message_count,
    status_count,
    reject_count,
    status,
    loaded_at
from (
    select *, row_number() over (partition by file order by sha256, file_id) as occurrence
    from raw.files
) as numbered
