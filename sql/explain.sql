-- grain: one row per record, refused or not, of the call asked for
-- key: file, line, copy
-- One call's whole story, from the line in the archive to the sums it is in.
select
    records.app_key,
    coalesce('icid ' || records.icid, 'session ' || hide_numbers(records.session_id), 'numbers and times') as "identified by",
    files.file || ' line ' || records.line || ', entry ' || records.record_no as "file and line",
    coalesce(records.reject_reason, copies.role, 'call') as "this record is",
    case
        when records.reject_reason is not null then 'refused, not charged: ' || records.reject_reason
        when copies.role = 'duplicate' then 'the same content again; counted once'
        when copies.role = 'conflict_loser' then 'another version of this call won (latest end, then latest answer, lowest code)'
        else 'counted'
    end as "so it was",
    hide_numbers(records.odd_members) as "unreadable",
    records.mode || ' (serviceType ' || coalesce(records.service_type, 'absent') || ')' as mode,
    records.x_number || case
        when records.bind_number is not null then ' (bindNum)'
        when records.dialled_number is not null then ' (calleeNum; bindNum is absent)'
        else ' (neither bindNum nor calleeNum)'
    end as "X number",
    cast(records.started_utc_at as varchar) as "call-in UTC",
    cast(records.answered_utc_at as varchar) as "answer UTC",
    cast(records.ended_utc_at as varchar) as "end UTC",
    cast(records.ended_at as varchar) as "end Beijing",
    coalesce(cast(records.release_code as varchar), '') || coalesce(' ' || codes.meaning_en, '') as "release code",
    calls.outcome,
    cast(rated.duration_s as varchar) || ' s = ' || rated.billed_min || ' started minutes' as minutes,
    rated.billed_min || ' min x ' || plain_cny(prices.price_cny) || ' CNY = '
        || plain_cny(rated.billed_min * prices.price_cny) || ' CNY' as charge,
    hours.quantity || ' min of the account in this hour at this price, ' || hours.package_quantity || ' from packages, '
        || hours.payable_quantity || ' min x ' || plain_cny(hours.net_price_cny) || ' CNY cut to the fen = '
        || cast(hours.charge_cny as varchar) || ' CNY' as "settled in",
    strftime(rated.month, '%Y-%m') || ', hour ' || strftime(rated.hour_at, '%Y-%m-%d %H:00') as "billed in",
    'app ' || cast(by_app.total_cny as varchar) || ' CNY, X number ' || cast(by_x.total_cny as varchar) || ' CNY in the month' as "part of"
from staging.fee_records as records
inner join staging.files as files
    on records.file_id = files.file_id
left join identity.copies as copies
    on records.file_id = copies.file_id
    and records.body_no = copies.body_no
    and records.record_no = copies.record_no
left join calls.calls as calls
    on records.file_id = calls.file_id
    and records.body_no = calls.body_no
    and records.record_no = calls.record_no
left join rated.calls as rated
    on calls.call_id = rated.call_id
left join metered.usage as prices
    on rated.month = prices.month
    and rated.hour_at = prices.hour_at
    and prices.item = 'call'
    and rated.app_key = prices.app_key
    and rated.mode = prices.mode
    and rated.number_kind = prices.number_kind
left join settled.hours as hours
    on prices.month = hours.month
    and prices.hour_at = hours.hour_at
    and prices.item = hours.item
    and prices.price_line = hours.price_line
left join seeds.release_codes as codes
    on records.release_code = codes.release_code
left join marts.charges_by_app as by_app
    on rated.month = by_app.month
    and rated.app_key = by_app.app_key
left join marts.charges_by_x_number as by_x
    on rated.month = by_x.month
    and rated.app_key = by_x.app_key
    and rated.x_number = by_x.x_number
where records.icid = $1 or records.session_id = $1 or cast(records.call_id as varchar) = $1
order by coalesce(copies.role, 'call'), files.file, records.line, records.record_no
