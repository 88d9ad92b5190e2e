-- grain: one row per day of settlement, app, X number and mode
-- key: month, date, app_key, x_number, mode
-- made by: day of date
-- stored: view
-- What a month is charged: computed, or as it was closed. What was found since
-- stands in adjustments, so that a paid bill never changes in silence.
with

closed as (
    select closing_id, month
    from staging.closings
    where reopened_at is null
)

select
    computed.month, computed.date, computed.app_key, computed.x_number, computed.number_kind, computed.mode,
    computed.call_count, computed.answered_count, computed.duration_s, computed.billed_min, computed.package_min,
    computed.list_charge_cny, computed.call_charge_cny,
    computed.sms_count, computed.package_sms_count, computed.sms_charge_cny, computed.rent_cny
from summed.daily_charges as computed
left join closed
    on computed.month = closed.month
where closed.month is null
union all
select
    frozen.month, frozen.date, frozen.app_key, frozen.x_number, frozen.number_kind, frozen.mode,
    frozen.call_count, frozen.answered_count, frozen.duration_s, frozen.billed_min, frozen.package_min,
    frozen.list_charge_cny, frozen.call_charge_cny,
    frozen.sms_count, frozen.package_sms_count, frozen.sms_charge_cny, frozen.rent_cny
from staging.closed_charges as frozen
inner join closed
    on frozen.closing_id = closed.closing_id
