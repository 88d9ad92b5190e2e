-- grain: one row per app, Q.850 cause of the forwarded leg and bill month
-- key: month, app_key, code
-- stored: view
-- The cause the callee's network gave (fwdUnaswRsn); 0 means none.
with

counted as (
    select
        month,
        app_key,
        q850_code as code,
        cast(sum(call_count) as bigint) as call_count
    from rated.outcome_counts
    where outcome <> 'other_product'
    group by month, app_key, q850_code
),

totals as (
    select month, app_key, sum(call_count) as app_call_count
    from counted
    group by month, app_key
)

select
    counted.month,
    counted.app_key,
    case
        when counted.code = '' or codes.q850_code is not null then counted.code
        else 'unknown(' || counted.code || ')'
    end as code,
    coalesce(codes.meaning_zh, case when counted.code = '' then '未填写' else '未收录的代码' end) as meaning_zh,
    coalesce(codes.meaning_en, case when counted.code = '' then 'Not given' else 'Code not listed' end) as meaning_en,
    counted.call_count,
    percent(counted.call_count, totals.app_call_count) as share_pct
from counted
inner join totals
    on counted.month = totals.month
    and counted.app_key = totals.app_key
left join seeds.q850_codes as codes
    on counted.code = cast(codes.q850_code as varchar)
