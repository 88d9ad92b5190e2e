-- Minutes, the row of the price table that holds, and the call's own share of
-- package and money.
select
    rated.duration_s,
    rated.billed_min,
    case
        when not rated.is_answered then 'not answered: no minutes'
        else rated.duration_s || ' s = ' || rated.billed_min || ' started minutes, each counts in full'
    end as minutes_because,
    case
        when usage.price_line = 0 then 'list price'
        else coalesce(tables.file, 'price table') || ' line ' || usage.price_line
    end as price_row,
    trim_zeros(usage.price_cny) as price_cny,
    trim_zeros(usage.discount) as discount,
    trim_zeros(usage.net_price_cny) as net_price_cny,
    trim_zeros(charged.list_charge_cny) as list_charge_cny,
    charged.package_min,
    cast(charged.call_charge_cny as varchar) as call_charge_cny,
    case
        when rated.billed_min = 0 then 'nothing to pay'
        when hours.state = 'package' then 'packages cover the whole hour'
        when hours.state = 'paid' then rated.billed_min || ' min x ' || trim_zeros(usage.net_price_cny) || ' CNY; nothing of the hour comes from packages'
        else 'its share of the hour, see there; shares add up to the whole fen'
    end as charge_because
from marts.calls as charged
inner join rated.calls as rated
    on charged.call_id = call_text(rated.call_id)
inner join metered.usage as usage
    on rated.month = usage.month
    and rated.hour_at = usage.hour_at
    and usage.item = 'call'
    and rated.app_key = usage.app_key
    and rated.mode = usage.mode
    and rated.number_kind = usage.number_kind
inner join settled.hours as hours
    on usage.month = hours.month
    and usage.hour_at = hours.hour_at
    and usage.item = hours.item
    and usage.price_line = hours.price_line
left join (select file from marts.input_tables where name = 'prices') as tables
    on true
where rated.call_id = call_of_text(getvariable('story_call_id'))
    and charged.call_id = getvariable('story_call_id')
    -- The same again, for the window functions of marts.calls to see fewer calls.
    and charged.month = cast(getvariable('story_month') as date)
    and charged.app_key = getvariable('story_app_key')
    and charged.x_number = getvariable('story_x_number')
