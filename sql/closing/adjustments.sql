-- What closed months come to now, less what they were closed with and what was
-- noted since. Without it what comes late would change no figure and be lost.
with

closed as (
    select closing_id, month
    from staging.closings
    where reopened_at is null
),

changes as (
    select
        closed.closing_id, now.month, now.app_key, now.x_number,
        now.call_count, now.billed_min, now.package_min, now.sms_count, now.call_charge_cny, now.sms_charge_cny, now.rent_cny
    from summed.daily_charges as now
    inner join closed
        on now.month = closed.month
    union all
    select
        closed.closing_id, frozen.month, frozen.app_key, frozen.x_number,
        -frozen.call_count, -frozen.billed_min, -frozen.package_min, -frozen.sms_count,
        -frozen.call_charge_cny, -frozen.sms_charge_cny, -frozen.rent_cny
    from staging.closed_charges as frozen
    inner join closed
        on frozen.closing_id = closed.closing_id
    union all
    select
        closed.closing_id, noted.month, noted.app_key, noted.x_number,
        -noted.call_count, -noted.billed_min, -noted.package_min, -noted.sms_count,
        -noted.call_charge_cny, -noted.sms_charge_cny, -noted.rent_cny
    from staging.adjustments as noted
    inner join closed
        on noted.closing_id = closed.closing_id
),

summed as (
    select
        closing_id, month, app_key, x_number,
        cast(sum(call_count) as bigint) as call_count,
        cast(sum(billed_min) as bigint) as billed_min,
        cast(sum(package_min) as bigint) as package_min,
        cast(sum(sms_count) as bigint) as sms_count,
        cast(sum(call_charge_cny) as decimal(18, 2)) as call_charge_cny,
        cast(sum(sms_charge_cny) as decimal(18, 2)) as sms_charge_cny,
        cast(sum(rent_cny) as decimal(18, 2)) as rent_cny
    from changes
    group by closing_id, month, app_key, x_number
),

causes as (
    select month, string_agg(distinct cause, ', ' order by cause) as causes
    from raw.build_causes
    group by month
)

select
    summed.closing_id,
    (select cast(coalesce(max(entry), 0) + 1 as integer) from staging.adjustments) as entry,
    summed.month,
    summed.app_key,
    summed.x_number,
    summed.call_count,
    summed.billed_min,
    summed.package_min,
    summed.sms_count,
    summed.call_charge_cny,
    summed.sms_charge_cny,
    summed.rent_cny,
    coalesce(causes.causes, 'unknown') as causes
from summed
left join causes
    on summed.month = causes.month
where summed.call_count <> 0
    or summed.billed_min <> 0
    or summed.package_min <> 0
    or summed.sms_count <> 0
    or summed.call_charge_cny <> 0
    or summed.sms_charge_cny <> 0
    or summed.rent_cny <> 0
