-- grain: one row per call or SMS notice, with what it costs
-- key: kind, month, source_id
-- stored: view
-- One list of everything charged by use, so that every report adds up the
-- same rows. Packages are not drawn on yet: what is payable is the list charge.
select
    'call' as kind,
    cast(call_id as varchar) as source_id,
    month,
    hour_at,
    app_key,
    x_number,
    number_kind,
    mode,
    1 as call_count,
    case when is_answered then 1 else 0 end as answered_count,
    duration_s,
    billed_min,
    0 as package_min,
    list_charge_cny,
    list_charge_cny as call_charge_cny,
    0 as sms_count,
    cast(0 as decimal(18, 8)) as sms_charge_cny
from rated.calls
union all
select
    'sms' as kind,
    app_key || '|' || message_id as source_id,
    month,
    hour_at,
    app_key,
    x_number,
    number_kind,
    'SMS' as mode,
    0 as call_count,
    0 as answered_count,
    0 as duration_s,
    0 as billed_min,
    0 as package_min,
    cast(0 as decimal(18, 8)) as list_charge_cny,
    cast(0 as decimal(18, 8)) as call_charge_cny,
    billable_count as sms_count,
    list_charge_cny as sms_charge_cny
from rated.messages
