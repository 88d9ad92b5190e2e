-- grain: one row per package the vendor sells and bill month, and one for none
-- key: month, package_min
-- stored: whole
-- What a year at the pace of the last months (at most 12, this one included)
-- would cost with the best count of each package, against paying per use. The
-- vendor sells a package to be used within 12 months; what is left lapses.
with

months as (
    select month
    from rated.number_use
    where month > undated()
    group by month
),

hourly as (
    select
        month, hour_at,
        sum(case when item = 'call' then quantity else 0 end) as minutes,
        sum(case when item = 'sms_virtual' then quantity else 0 end) as messages
    from settled.hours
    where month > undated() and (item = 'call' or item = 'sms_virtual')
    group by month, hour_at
),

yearly as (
    select
        month,
        day_count,
        whole_share(minutes, 365, day_count) as year_minutes,
        whole_share(messages, 365, day_count) as year_messages
    from (
        select
            months.month,
            date_diff('day', cast(min(hourly.hour_at) as date), cast(max(hourly.hour_at) as date)) + 1 as day_count,
            sum(hourly.minutes) as minutes,
            sum(hourly.messages) as messages
        from months
        inner join hourly
            on hourly.month <= months.month
            and hourly.month > months.month - interval 12 month
        group by months.month
    ) as known
),

prices as (
    select
        months.month,
        max(case when prices.item = 'call' then prices.net_price_cny end) as call_price_cny,
        max(case when prices.item = 'sms' and prices.number_kind = 'virtual' then prices.net_price_cny end) as sms_price_cny
    from months
    inner join staging.prices as prices
        on prices.app_key = ''
        and prices.mode = ''
        and prices.valid_from_at <= months.month + interval 1 month - interval 1 hour
        and prices.valid_to_at > months.month + interval 1 month - interval 1 hour
    group by months.month
),

-- One more package saves less than the one before it, so the best count is
-- where the minutes end or where the messages end, one more than these, or none.
choices as (
    select yearly.*, offers.minutes as package_min, offers.messages as package_sms, offers.price_cny,
        case ends.item
            when 'call' then whole_share(yearly.year_minutes, 1, offers.minutes) + ends.more
            when 'sms' then whole_share(yearly.year_messages, 1, offers.messages) + ends.more
            else 0
        end as package_count
    from yearly
    cross join seeds.package_offers as offers
    cross join (values ('call', 0), ('call', 1), ('sms', 0), ('sms', 1), ('none', 0)) as ends (item, more)
    union all
    select yearly.*, 0, 0, 0, 0
    from yearly
),

costed as (
    select
        choices.*,
        cast(choices.package_count * choices.price_cny
            + greatest(0, choices.year_minutes - choices.package_count * choices.package_min) * prices.call_price_cny
            + greatest(0, choices.year_messages - choices.package_count * choices.package_sms) * prices.sms_price_cny
            as decimal(28, 10)) as cost_cny,
        cast(choices.year_minutes * prices.call_price_cny + choices.year_messages * prices.sms_price_cny as decimal(28, 10)) as per_use_cny
    from choices
    inner join prices
        on choices.month = prices.month
),

ranked as (
    select *, row_number() over (partition by month, package_min order by cost_cny, package_count) as rank_in_offer
    from costed
)

select
    month,
    cast(package_min as bigint) as package_min,
    cast(package_sms as bigint) as package_sms,
    cast(price_cny as decimal(18, 2)) as price_cny,
    cast(day_count as bigint) as day_count,
    cast(year_minutes as bigint) as year_min,
    cast(year_messages as bigint) as year_sms,
    cast(package_count as bigint) as package_count,
    cut_to_fen(cost_cny) as year_cost_cny,
    cast(cut_to_fen(per_use_cny) - cut_to_fen(cost_cny) as decimal(18, 2)) as year_saving_cny,
    row_number() over (partition by month order by cost_cny, package_min) = 1 as is_cheapest
from ranked
where rank_in_offer = 1
