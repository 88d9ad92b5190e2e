-- What an id asked for leads to: calls whose records carry it, and sessions
-- that only events tell of. Without it an id of a lost record would lead nowhere.
with

records as (
    select call_id, min(app_key) as app_key, max(session_id) as session_id
    from staging.fee_records
    where is_icid(icid_hex, icid_rest, $1) or session_id = $1 or call_text(call_id) = lower($1)
    group by call_id
)

select call_text(call_id) as call_id, app_key, session_id
from records
union all
select distinct null, null, session_id
from staging.events
where session_id = $1
    and session_id not in (select session_id from records where session_id is not null)
order by app_key, call_id, session_id
