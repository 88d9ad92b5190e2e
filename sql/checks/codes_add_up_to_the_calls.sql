-- Unlisted codes are counted, so the codes of an app add up to its calls.
select charges.month, charges.app_key, charges.call_count, codes.call_count as code_count
from marts.charges_by_app as charges
left join (
    select month, app_key, sum(call_count) as call_count
    from marts.calls_by_release_code
    group by month, app_key
) as codes
    on charges.month = codes.month
    and charges.app_key = codes.app_key
where charges.call_count <> coalesce(codes.call_count, 0)
