-- grain: one row per app and bill month
-- key: month, app_key
-- The two rules for the hours a package covers only in part, side by side. The
-- account pays the same under both; the setting split_rule decides.
with

in_force as (
    select
        month, app_key,
        sum(package_min) as package_min,
        sum(call_charge_cny + sms_charge_cny) as charge_cny
    from summed.daily_charges
    group by month, app_key
),

contested as (
    select
        shares.month, shares.app_key,
        sum(case when shares.split_rule = settings.split_rule and shares.item = 'call' then shares.package_quantity else 0 end) as in_force_min,
        sum(case when shares.split_rule = settings.split_rule then shares.charge_cny else 0 end) as in_force_cny,
        sum(case when shares.split_rule = 'proportional' and shares.item = 'call' then shares.package_quantity else 0 end) as proportional_min,
        sum(case when shares.split_rule = 'proportional' then shares.charge_cny else 0 end) as proportional_cny,
        sum(case when shares.split_rule = 'first_come' and shares.item = 'call' then shares.package_quantity else 0 end) as first_come_min,
        sum(case when shares.split_rule = 'first_come' then shares.charge_cny else 0 end) as first_come_cny
    from allocated.shares as shares
    cross join staging.settings as settings
    where shares.split_rule <> 'any'
    group by shares.month, shares.app_key
)

select
    in_force.month,
    in_force.app_key,
    cast(in_force.package_min + coalesce(proportional_min - in_force_min, 0) as bigint) as proportional_package_min,
    cast(in_force.package_min + coalesce(first_come_min - in_force_min, 0) as bigint) as first_come_package_min,
    cast(in_force.charge_cny + coalesce(proportional_cny - in_force_cny, 0) as decimal(18, 2)) as proportional_charge_cny,
    cast(in_force.charge_cny + coalesce(first_come_cny - in_force_cny, 0) as decimal(18, 2)) as first_come_charge_cny,
    cast(coalesce(first_come_cny - proportional_cny, 0) as decimal(18, 2)) as diff_cny
from in_force
left join contested
    on in_force.month = contested.month
    and in_force.app_key = contested.app_key
