-- grain: one row per bill month of its records, app, outcome and codes
-- key: month, app_key, outcome, release_code, q850_code, sip_code
-- What the breakdowns by code and the qualities of an app add up: the calls are
-- read once for all of them. A code that was not given is empty.
select
    month,
    app_key,
    cast(outcome as varchar) as outcome,
    coalesce(cast(release_code as varchar), '') as release_code,
    coalesce(cast(q850_code as varchar), '') as q850_code,
    coalesce(cast(sip_code as varchar), '') as sip_code,
    count(*) as call_count,
    cast(coalesce(sum(duration_s), 0) as bigint) as duration_s,
    cast(coalesce(sum(pdd_s), 0) as bigint) as pdd_s,
    count(pdd_s) as rung_count,
    count(case when duration_s < 10 then 1 end) as short_call_count,
    cast(coalesce(sum(started_units(duration_s, 60) * 60 - duration_s), 0) as bigint) as rounded_up_s
from calls.calls
where outcome <> 'other_product'
group by month, app_key, outcome, release_code, q850_code, sip_code
