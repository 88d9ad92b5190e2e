-- grain: one row per app and bill month
-- key: month, app_key
-- A recording lies with the vendor for 7 days; under 3 s there is no file.
-- "Now" is the last call known, so that the same data gives the same report.
with

last_call as (
    select max(last_known_at) as known_until_at from calls.calls where outcome <> 'other_product'
)

select
    calls.month,
    calls.app_key,
    cast(count(*) as bigint) as recorded_count,
    cast(count(case when coalesce(calls.duration_s, 0) < 3 then 1 end) as bigint) as too_short_count,
    cast(count(case
        when calls.duration_s >= 3
            and calls.last_known_at >= last_call.known_until_at - interval 7 day
            and calls.last_known_at < last_call.known_until_at - interval 5 day then 1
    end) as bigint) as expiring_count,
    cast(count(case
        when calls.duration_s >= 3
            and calls.last_known_at < last_call.known_until_at - interval 7 day then 1
    end) as bigint) as expired_count
from calls.calls as calls
cross join last_call
where calls.is_recorded and calls.outcome <> 'other_product'
group by calls.month, calls.app_key
