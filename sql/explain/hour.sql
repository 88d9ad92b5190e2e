-- What the account's settlement hour came to, a row for each price in it.
select
    strftime(hours.hour_at, '%Y-%m-%d %H:00') as hour_beijing,
    trim_zeros(hours.net_price_cny) as net_price_cny,
    hours.quantity as billed_min,
    hours.package_quantity as package_min,
    hours.payable_quantity as payable_min,
    trim_zeros(hours.charge_cny + hours.residue_cny) as exact_cny,
    cast(hours.charge_cny as varchar) as charge_cny,
    trim_zeros(hours.residue_cny) as residue_cny,
    usage.price_line is not null as of_this_call
from rated.calls as rated
inner join settled.hours as hours
    on rated.month = hours.month
    and rated.hour_at = hours.hour_at
    and hours.item = 'call'
left join metered.usage as usage
    on hours.month = usage.month
    and hours.hour_at = usage.hour_at
    and hours.item = usage.item
    and hours.price_line = usage.price_line
    and rated.app_key = usage.app_key
    and rated.mode = usage.mode
    and rated.number_kind = usage.number_kind
where rated.call_id = call_of_text(getvariable('story_call_id'))
order by of_this_call desc, hours.price_line
