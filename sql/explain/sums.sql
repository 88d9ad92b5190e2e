-- The sums of the reports that the call is part of.
with

this as (
    select month, cast(hour_at as date) as date, hour_at, app_key, x_number, mode
    from rated.calls
    where call_id = call_of_text(getvariable('story_call_id')) and month > undated()
),

sums as (
    select 1 as place, 'month ' || strftime(this.month, '%Y-%m') as part_of, sum(call_count) as call_count, sum(billed_min) as billed_min,
        sum(package_min) as package_min, sum(call_charge_cny) as call_charge_cny, sum(total_cny) as total_cny
    from this inner join marts.charges_by_app as sums on this.month = sums.month
    group by this.month
    union all
    select 2, 'app ' || this.app_key, call_count, billed_min, package_min, call_charge_cny, total_cny
    from this inner join marts.charges_by_app as sums on this.month = sums.month and this.app_key = sums.app_key
    union all
    select 3, 'X number ' || this.x_number || ' of the app', call_count, billed_min, package_min, call_charge_cny, total_cny
    from this inner join marts.charges_by_app_x_number as sums
        on this.month = sums.month and this.app_key = sums.app_key and this.x_number = sums.x_number
    union all
    select 4, 'mode ' || this.mode || ' of the app', call_count, billed_min, package_min, call_charge_cny, total_cny
    from this inner join marts.charges_by_mode as sums
        on this.month = sums.month and this.app_key = sums.app_key and this.mode = sums.mode
    union all
    select 5, 'day ' || strftime(this.date, '%Y-%m-%d'), call_count, billed_min, package_min, call_charge_cny, total_cny
    from this inner join marts.charges_by_day as sums on this.month = sums.month and this.date = sums.date
    union all
    select 6, 'hour ' || strftime(this.hour_at, '%Y-%m-%d %H:00'), null, billed_min, package_min, charge_cny, charge_cny + sms_charge_cny
    from this inner join marts.charges_by_hour as sums on this.month = sums.month and this.hour_at = sums.hour_at
)

select
    part_of,
    cast(call_count as bigint) as call_count,
    cast(billed_min as bigint) as billed_min,
    cast(package_min as bigint) as package_min,
    cast(cast(call_charge_cny as decimal(18, 2)) as varchar) as call_charge_cny,
    cast(cast(total_cny as decimal(18, 2)) as varchar) as total_cny
from sums
order by place
