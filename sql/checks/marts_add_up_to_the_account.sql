-- Every breakdown shows the calls and minutes of the single calls and the
-- money of the account's settlement hours, to the fen.
with

account as (
    select
        month,
        sum(call_count) as call_count,
        sum(billed_min) as billed_min,
        sum(package_min) as package_min,
        sum(usage_cny) as usage_cny,
        sum(rent_cny) as rent_cny
    from (
        select month, count(*) as call_count, sum(billed_min) as billed_min, 0 as package_min, 0 as usage_cny, 0 as rent_cny
        from rated.calls
        group by month
        union all
        select
            month, 0, 0,
            case when item = 'call' then package_quantity else 0 end,
            case when item like 'rent%' then 0 else charge_cny end,
            case when item like 'rent%' then charge_cny else 0 end
        from settled.hours
    ) as both_ends
    group by month
),

totals as (
    select 'charges_by_app' as relation, month, sum(call_count) as call_count, sum(billed_min) as billed_min,
        sum(package_min) as package_min, sum(total_cny - rent_cny) as usage_cny, sum(rent_cny) as rent_cny
    from marts.charges_by_app group by month
    union all
    select 'charges_by_x_number', month, sum(call_count), sum(billed_min), sum(package_min), sum(total_cny - rent_cny), sum(rent_cny)
    from marts.charges_by_x_number group by month
    union all
    select 'charges_by_app_x_number', month, sum(call_count), sum(billed_min), sum(package_min), sum(total_cny - rent_cny), sum(rent_cny)
    from marts.charges_by_app_x_number group by month
    union all
    select 'charges_by_mode', month, sum(call_count), sum(billed_min), sum(package_min), sum(total_cny), null
    from marts.charges_by_mode group by month
    union all
    select 'charges_by_day', month, sum(call_count), sum(billed_min), sum(package_min), sum(total_cny), null
    from marts.charges_by_day group by month
    union all
    select 'charges_by_hour', month, null, sum(billed_min), sum(package_min), sum(charge_cny + sms_charge_cny), null
    from marts.charges_by_hour group by month
)

select
    totals.relation, account.month,
    account.call_count, totals.call_count as shown_call_count,
    account.billed_min, totals.billed_min as shown_billed_min,
    account.package_min, totals.package_min as shown_package_min,
    account.usage_cny, totals.usage_cny as shown_usage_cny,
    account.rent_cny, totals.rent_cny as shown_rent_cny
from account
inner join totals
    on account.month = totals.month
where coalesce(totals.call_count, account.call_count) <> account.call_count
    or totals.billed_min <> account.billed_min
    or totals.package_min <> account.package_min
    or totals.usage_cny <> account.usage_cny
    or coalesce(totals.rent_cny, account.rent_cny) <> account.rent_cny
