-- X numbers whose last status notice says: unavailable for arrears (status 10,
-- cause 2).
with

ranked as (
    select
        *,
        row_number() over (
            partition by x_number
            order by received_at desc nulls last, month desc, file desc, line desc, body_no desc, notice_no desc
        ) as rank_in_number
    from calls.number_history
)

select
    'number_arrears' as rule, app_key as subject, '' as bucket,
    month_of(coalesce(max(received_at), getvariable('alert_now'))) as month, min(received_at) as since_at, null as cost_cny,
    count(*) || ' 个 X 号码因欠费停用（状态原因 2）' as detail_zh,
    'X numbers out of service for arrears (status cause 2): ' || count(*) as detail_en
from ranked
where rank_in_number = 1 and status_code = 10 and cause_code = 2
group by app_key
