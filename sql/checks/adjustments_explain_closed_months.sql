-- Closed charges and adjustments are what is computed now, for every app and X
-- number: else what came late would be nobody's.
with

closed as (
    select closing_id, month
    from staging.closings
    where reopened_at is null
),

both_sides as (
    select computed.month, computed.app_key, computed.x_number, computed.call_count, computed.billed_min, computed.package_min,
        computed.call_charge_cny + computed.sms_charge_cny + computed.rent_cny as total_cny
    from summed.daily_charges as computed
    inner join closed
        on computed.month = closed.month
    union all
    select stated.month, stated.app_key, stated.x_number, -stated.call_count, -stated.billed_min, -stated.package_min,
        -(stated.call_charge_cny + stated.sms_charge_cny + stated.rent_cny)
    from stated.daily_charges as stated
    inner join closed
        on stated.month = closed.month
    union all
    select noted.month, noted.app_key, noted.x_number, -noted.call_count, -noted.billed_min, -noted.package_min, -noted.total_cny
    from marts.adjustments as noted
)

select month, app_key, x_number, sum(call_count) as call_count, sum(billed_min) as billed_min, sum(package_min) as package_min, sum(total_cny) as total_cny
from both_sides
group by month, app_key, x_number
having sum(call_count) <> 0 or sum(billed_min) <> 0 or sum(package_min) <> 0 or sum(total_cny) <> 0
