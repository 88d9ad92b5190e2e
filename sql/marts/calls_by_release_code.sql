-- grain: one row per app, release code and bill month
-- key: month, app_key, release_code
-- stored: view
-- Who owns a failure, and what to do next. A code the tables lack is counted as unknown(code), never dropped.
with

counted as (
    select
        month,
        app_key,
        release_code as code,
        cast(sum(call_count) as bigint) as call_count
    from rated.outcome_counts
    where outcome <> 'other_product'
    group by month, app_key, release_code
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
        when counted.code = '' or codes.release_code is not null then counted.code
        else 'unknown(' || counted.code || ')'
    end as release_code,
    coalesce(codes.category_zh, '未知') as category_zh,
    coalesce(codes.category_en, 'unknown') as category_en,
    coalesce(codes.owner_zh, '未知') as owner_zh,
    coalesce(codes.owner_en, 'unknown') as owner_en,
    coalesce(codes.meaning_zh, case when counted.code = '' then '未填写' else '未收录的代码' end) as meaning_zh,
    coalesce(codes.meaning_en, case when counted.code = '' then 'Not given' else 'Code not listed' end) as meaning_en,
    coalesce(codes.next_step_zh, '查阅厂商最新码表或提交工单询问') as next_step_zh,
    coalesce(codes.next_step_en, 'Look the code up in the vendor''s newest table or ask in a ticket.') as next_step_en,
    counted.call_count,
    percent(counted.call_count, totals.app_call_count) as share_pct
from counted
inner join totals
    on counted.month = totals.month
    and counted.app_key = totals.app_key
left join seeds.release_codes as codes
    on counted.code = cast(codes.release_code as varchar)
