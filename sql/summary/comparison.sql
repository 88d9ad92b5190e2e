-- What each app was charged for the month before a trial, and what it is now,
-- last the total of both.
with

after_trial as (
    select app_key, sum(call_charge_cny + sms_charge_cny + rent_cny) as total_cny
    from summed.daily_charges
    where month = cast($1 as date)
    group by app_key
),

compared as (
    select
        coalesce(charged_before.app_key, after_trial.app_key) as app_key,
        coalesce(charged_before.total_cny, 0) as now_cny,
        coalesce(after_trial.total_cny, 0) as then_cny
    from charged_before
    full join after_trial
        on charged_before.app_key = after_trial.app_key
),

listed as (
    select app_key, now_cny, then_cny, false as is_total
    from compared
    union all
    select '', coalesce(sum(now_cny), 0), coalesce(sum(then_cny), 0), true
    from compared
)

select
    app_key,
    cast(cast(now_cny as decimal(18, 2)) as varchar) as now_cny,
    cast(cast(then_cny as decimal(18, 2)) as varchar) as then_cny,
    cast(cast(then_cny - now_cny as decimal(18, 2)) as varchar) as diff_cny
from listed
order by is_total, then_cny - now_cny desc, app_key
