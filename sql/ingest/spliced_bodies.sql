-- grain: one line of JSON per recovered body of the kind asked for
-- key: line
-- Recovered bodies go through the same JSON reader as plain ones.
select
    '{"#f":' || file_id || ',"#n":' || body_no || ',"#l":' || line
    || case when received_time is null then '' else ',"#t":' || cast(to_json(received_time) as varchar) end
    || case when header_app_key is null then '' else ',"#a":' || cast(to_json(header_app_key) as varchar) end
    || ',' || substr(callback, 2) as line
from bodies
where kind = getvariable('kind') and record_count > 0
