-- grain: one row per call whose record came in versions that disagree
-- key: call_id
-- A session id can hold numbers of people; they are hidden.
select
    call_text(call_id) as call_id,
    app_key,
    case when identity like 'icid %' then identity else hide_numbers(identity) end as identity,
    cast(version_count as bigint) as versions,
    kept_file,
    kept_line,
    differing_fields,
    case when month > undated() then cast(month - interval 1 month as date) end as month_from,
    case when month > undated() then cast(month + interval 1 month as date) end as month_to
from calls.conflicts
