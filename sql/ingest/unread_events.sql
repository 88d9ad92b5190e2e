-- grain: one row per line of the event spool that gave no event
-- key: file_id, body_no
-- The JSON reader drops what it cannot read without a word, so every line it
-- did not bring back is fetched here as text and looked at again.
with

lines as (
    select unnest(regexp_extract(
        text, '^\{"#f":([0-9]+),"#n":([0-9]+),"#l":([0-9]+),(.*)$', ['file_id', 'body_no', 'line', 'members']
    ))
    from read_csv(
        getvariable('spool'),
        columns = {'text': 'varchar'},
        delim = chr(1), quote = '', escape = '', header = false,
        auto_detect = false, strict_mode = false, nullstr = chr(2),
        max_line_size = getvariable('longest_line')
    )
)

select
    cast(lines.file_id as integer) as file_id,
    cast(lines.body_no as bigint) as body_no,
    cast(lines.line as bigint) as line,
    null as problem,
    '' as context,
    '{' || lines.members as body
from lines
anti join raw.events as brought
    on cast(lines.file_id as integer) = brought.file_id
    and cast(lines.body_no as bigint) = brought.body_no
