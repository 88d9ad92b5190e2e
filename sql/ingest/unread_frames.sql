-- grain: one row per line of a JSON spool that gave no record
-- key: file_id, body_no
-- The JSON reader drops what it cannot read without a word, so every line it
-- did not bring back is fetched here as text and looked at again.
select spool.file_id, spool.body_no, spool.line, null as problem, '' as context, spool.body
from (
    select
        cast(regexp_extract(text, '^\{"#f":([0-9]+),', 1) as integer) as file_id,
        cast(regexp_extract(text, '^\{"#f":[0-9]+,"#n":([0-9]+),', 1) as bigint) as body_no,
        cast(regexp_extract(text, '^\{"#f":[0-9]+,"#n":[0-9]+,"#l":([0-9]+),', 1) as bigint) as line,
        '{' || regexp_replace(text, '^\{"#f":[0-9]+,"#n":[0-9]+,"#l":[0-9]+,', '') as body
    from read_csv(
        getvariable('spool'),
        columns = {'text': 'varchar'},
        delim = chr(1), quote = '', escape = '', header = false,
        auto_detect = false, strict_mode = false, nullstr = chr(2),
        max_line_size = getvariable('longest_line')
    )
) as spool
anti join (
    select file_id, body_no from raw.fee_records
    where file_id > getvariable('chunk_file')
        or (file_id = getvariable('chunk_file') and body_no >= getvariable('chunk_body'))
    union all
    select file_id, body_no from raw.events
    where file_id > getvariable('chunk_file')
        or (file_id = getvariable('chunk_file') and body_no >= getvariable('chunk_body'))
) as brought
    on spool.file_id = brought.file_id
    and spool.body_no = brought.body_no
