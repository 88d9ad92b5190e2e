-- grain: one row per bill month
-- key: month
-- stored: whole
-- Rate = complaints of the month / X numbers in use in the month. Two limits are
-- documented: 0.01 % (usage rules, 封禁规则) and 0.05 % (FAQ); both are
-- settings. "Today" is the day of the last hour known; the projection goes on at
-- the pace of the days until then.
with

known as (
    select cast(max(hour_at) as date) as today from metered.usage where month > undated()
),

-- Months of the account, and those of complaints beyond them.
months as (
    select month from rated.months
    union
    select month from staging.complaints where month is not null
),

in_use as (
    select month, count(distinct x_number) as numbers_in_use
    from rated.number_use
    where month > undated() and is_x_number(x_number)
    group by month
),

complained as (
    select month, count(*) as complaint_count, count(distinct x_number) as complained_number_count
    from staging.complaints
    group by month
),

counted as (
    select
        months.month,
        coalesce(complained.complaint_count, 0) as complaint_count,
        coalesce(complained.complained_number_count, 0) as complained_number_count,
        coalesce(in_use.numbers_in_use, 0) as numbers_in_use,
        date_diff('day', months.month, cast(months.month + interval 1 month as date)) as days_in_month,
        greatest(1, date_diff('day', months.month, least(
            known.today + 1, cast(months.month + interval 1 month as date)
        ))) as days_known,
        settings.complaint_limit_pct,
        settings.complaint_limit_faq_pct
    from months
    cross join known
    cross join staging.settings as settings
    left join in_use
        on months.month = in_use.month
    left join complained
        on months.month = complained.month
),

projected as (
    select *, started_units(complaint_count * days_in_month, days_known) as projected_count
    from counted
)

select
    month,
    cast(complaint_count as bigint) as complaint_count,
    cast(complained_number_count as bigint) as complained_number_count,
    cast(numbers_in_use as bigint) as numbers_in_use,
    fine_percent(complaint_count, numbers_in_use) as rate_pct,
    complaint_limit_pct as limit_pct,
    complaint_limit_faq_pct as limit_faq_pct,
    cast(projected_count as bigint) as projected_count,
    fine_percent(projected_count, numbers_in_use) as projected_rate_pct,
    case
        when complaint_count = 0 then 'ok'
        when numbers_in_use = 0 then 'no_number_in_use'
        when complaint_count * 100 >= greatest(complaint_limit_pct, complaint_limit_faq_pct) * numbers_in_use then 'over_both_limits'
        when complaint_count * 100 >= least(complaint_limit_pct, complaint_limit_faq_pct) * numbers_in_use then 'over_limit'
        when projected_count * 100 >= least(complaint_limit_pct, complaint_limit_faq_pct) * numbers_in_use then 'projected_over_limit'
        else 'ok'
    end as status
from projected
