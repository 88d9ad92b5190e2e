-- grain: one row per app and month in which it has charges, or had them the month before
-- key: month, app_key
-- stored: whole
-- Each app against the month before. Where that month is not in the database
-- nothing is known of it, which is not the same as nothing.
with

charges as (
    select
        month, app_key,
        sum(billed_min) as billed_min,
        sum(call_charge_cny + sms_charge_cny + rent_cny) as total_cny
    from stated.daily_charges
    where month > undated()
    group by month, app_key
),

months as (
    select month from charges group by month
),

seen as (
    select month, app_key from charges
    union
    select months.month, before.app_key
    from charges as before
    inner join months
        on months.month = before.month + interval 1 month
)

select
    seen.month,
    seen.app_key,
    cast(coalesce(now.billed_min, 0) as bigint) as billed_min,
    cast(case when last_month.month is not null then coalesce(before.billed_min, 0) end as bigint) as previous_billed_min,
    cast(coalesce(now.total_cny, 0) as decimal(18, 2)) as total_cny,
    cast(case when last_month.month is not null then coalesce(before.total_cny, 0) end as decimal(18, 2)) as previous_total_cny,
    cast(case when last_month.month is not null then coalesce(now.total_cny, 0) - coalesce(before.total_cny, 0) end as decimal(18, 2)) as change_cny,
    cast(case when before.total_cny > 0 then (coalesce(now.total_cny, 0) - before.total_cny) * 100 / before.total_cny end as decimal(12, 2)) as change_pct
from seen
left join months as last_month
    on seen.month = last_month.month + interval 1 month
left join charges as now
    on seen.month = now.month
    and seen.app_key = now.app_key
left join charges as before
    on seen.month = before.month + interval 1 month
    and seen.app_key = before.app_key
