-- Every breakdown shows the calls and minutes of the single calls and the
-- money of the account's settlement hours, to the fen, in every month charged anew; of
-- a closed month, those it was closed with.
with

closed as (
    select closing_id, month
    from staging.closings
    where reopened_at is null
),

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
        where month not in (select month from closed)
            and month in (select month from raw.build_scope)
        group by month
        union all
        select month, sum(call_count), sum(billed_min), 0, 0, 0
        from staging.closed_charges
        where closing_id in (select closing_id from closed)
        group by month
        union all
        select
            month, 0, 0,
            case when item = 'call' then package_quantity else 0 end,
            case when item like 'rent%' then 0 else charge_cny end,
            case when item like 'rent%' then charge_cny else 0 end
        from settled.hours
        where month not in (select month from closed)
        union all
        select
            month, 0, 0,
            case when item = 'call' then package_quantity else 0 end,
            case when item like 'rent%' then 0 else charge_cny end,
            case when item like 'rent%' then charge_cny else 0 end
        from staging.closed_hours
        where closing_id in (select closing_id from closed)
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
    select 'charges_by_mode', month, sum(call_count), sum(billed_min), sum(package_min), sum(total_cny), 0
    from marts.charges_by_mode group by month
    union all
    select 'charges_by_day', month, sum(call_count), sum(billed_min), sum(package_min), sum(total_cny), 0
    from marts.charges_by_day group by month
    union all
    select 'charges_by_hour', month, 0, sum(billed_min), sum(package_min), sum(charge_cny + sms_charge_cny), 0
    from marts.charges_by_hour group by month
),

-- Not every breakdown shows calls and rent.
due as (
    select
        relations.relation, account.month,
        account.call_count * relations.has_calls as call_count,
        account.billed_min, account.package_min, account.usage_cny,
        account.rent_cny * relations.has_rent as rent_cny
    from account
    cross join (
        values
            ('charges_by_app', 1, 1), ('charges_by_x_number', 1, 1), ('charges_by_app_x_number', 1, 1),
            ('charges_by_mode', 1, 0), ('charges_by_day', 1, 0), ('charges_by_hour', 0, 0)
    ) as relations (relation, has_calls, has_rent)
)

select
    coalesce(due.relation, totals.relation) as relation,
    coalesce(due.month, totals.month) as month,
    due.call_count, totals.call_count as shown_call_count,
    due.billed_min, totals.billed_min as shown_billed_min,
    due.package_min, totals.package_min as shown_package_min,
    due.usage_cny, totals.usage_cny as shown_usage_cny,
    due.rent_cny, totals.rent_cny as shown_rent_cny
from due
full join totals
    on due.relation = totals.relation
    and due.month = totals.month
where coalesce(due.month, totals.month) in (select month from raw.build_scope)
    and (coalesce(due.call_count, 0) <> coalesce(totals.call_count, 0)
    or coalesce(due.billed_min, 0) <> coalesce(totals.billed_min, 0)
    or coalesce(due.package_min, 0) <> coalesce(totals.package_min, 0)
    or coalesce(due.usage_cny, 0) <> coalesce(totals.usage_cny, 0)
    or coalesce(due.rent_cny, 0) <> coalesce(totals.rent_cny, 0))
