-- grain: one row per push of the record spool that did not come back whole
-- key: file_id, body_no
-- Joined from its records again, byte for byte, so that it is refused or read
-- as one body. (The reader drops what it cannot read without a word.)
with

lines as (
    select unnest(regexp_extract(
        text, '^\{"#f":([0-9]+),"#n":([0-9]+),"#l":([0-9]+),"#r":([0-9]+),(.*)$',
        ['file_id', 'body_no', 'line', 'record_no', 'members']
    ))
    from read_csv(
        getvariable('spool'),
        columns = {'text': 'varchar'},
        delim = chr(1), quote = '', escape = '', header = false,
        auto_detect = false, strict_mode = false, nullstr = chr(2),
        max_line_size = getvariable('longest_line')
    )
),

pushes as (
    select
        cast(file_id as integer) as file_id,
        cast(body_no as bigint) as body_no,
        any_value(cast(line as bigint)) as line,
        count(*) as record_count,
        string_agg('{' || members, ',' order by cast(record_no as integer)) as records
    from lines
    group by all
),

brought as (
    select file_id, body_no, count(*) as record_count
    from raw.fee_records
    where file_id in (select file_id from chunk_files)
    group by all
)

select
    pushes.file_id,
    pushes.body_no,
    pushes.line,
    null as problem,
    '' as context,
    '{"eventType":"fee","feeLst":[' || pushes.records || ']}' as body
from pushes
left join brought
    on pushes.file_id = brought.file_id
    and pushes.body_no = brought.body_no
where coalesce(brought.record_count, 0) <> pushes.record_count
