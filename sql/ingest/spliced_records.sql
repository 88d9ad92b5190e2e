-- grain: one line of JSON per record of a recovered push
-- key: line
-- Recovered records go through the same JSON reader as plain ones. An entry
-- that is no object becomes a record without members, and is refused as one.
select
    '{"#f":' || file_id || ',"#n":' || body_no || ',"#l":' || line || ',"#r":' || record_no
    || case
        when json_type(record) = 'OBJECT' and cast(record as varchar) <> '{}'
            then ',' || substr(cast(record as varchar), 2)
        else '}'
    end as line
from (
    select
        file_id,
        body_no,
        line,
        unnest(json_extract(callback, '$.feeLst[*]')) as record,
        generate_subscripts(json_extract(callback, '$.feeLst[*]'), 1) as record_no
    from bodies
    where kind = 'fee' and record_count > 0
) as records
