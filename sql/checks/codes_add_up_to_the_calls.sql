-- Unlisted codes are counted, so the codes of an app add up to its calls.
select counted.month, counted.app_key, counted.call_count, codes.call_count as code_count
from (
    select month, app_key, count(*) as call_count
    from calls.calls
    where outcome <> 'other_product'
    group by month, app_key
) as counted
left join (
    select month, app_key, sum(call_count) as call_count
    from marts.calls_by_release_code
    group by month, app_key
) as codes
    on counted.month = codes.month
    and counted.app_key = codes.app_key
where counted.call_count <> coalesce(codes.call_count, 0)
