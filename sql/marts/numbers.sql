-- grain: one row per X number held or used and bill month
-- key: month, x_number
-- Says where the kind of each number comes from: what is guessed from the
-- prefix or missing in the number table is named so.
with

used as (
    select
        month, x_number,
        max(app_key) as any_app_key,
        count(*) as app_count,
        sum(call_count) as call_count,
        sum(message_count) as message_count,
        max(last_used_at) as last_used_at
    from rated.number_use
    where month > undated() and x_number <> '(none)'
    group by month, x_number
),

statuses as (
    select
        x_number, month, status_code, cause_code,
        row_number() over (
            partition by x_number, month
            order by received_at desc nulls last, file desc, line desc, body_no desc, notice_no desc
        ) as rank_in_month
    from calls.number_history
),

-- Rents, uses and table rows of a month, by number.
listed as (
    select month, x_number from metered.rents
    union
    select month, x_number from used
)

select
    listed.month,
    listed.x_number,
    coalesce(rents.app_key, numbers.app_key, used.any_app_key) as app_key,
    coalesce(numbers.number_kind, guessed_number_kind(listed.x_number)) as number_kind,
    case when numbers.x_number is not null then 'table' else 'guessed' end as kind_source,
    numbers.city,
    numbers.issued_date,
    numbers.returned_date,
    statuses.status_code,
    statuses.cause_code,
    cast(coalesce(used.call_count, 0) as bigint) as call_count,
    cast(coalesce(used.message_count, 0) as bigint) as message_count,
    cast(coalesce(used.app_count, 0) as bigint) as app_count,
    used.last_used_at,
    case
        when rents.reason = 'issued' then 'issued'
        when rents.reason = 'held' then 'held'
        when rents.reason = 'returned late' then 'returned_late'
        when rents.reason is not null then 'not_in_table'
        when not is_x_number(listed.x_number) then 'no_x_number'
        when numbers.issued_date >= listed.month + interval 1 month then 'not_issued'
        else 'returned'
    end as status,
    case
        when rents.reason = 'issued' then '本月发放，当日收取整月月租'
        when rents.reason = 'held' then '持有，1日收取月租'
        when rents.reason = 'returned late' then '上月25日之后退订，本月仍收月租'
        when rents.reason is not null then '号码表中没有，按号段推测类型计月租；请补入号码表'
        when not is_x_number(listed.x_number) then '不是X号码的格式，不计月租'
        when numbers.issued_date >= listed.month + interval 1 month then '发放日期在使用之后；请核对号码表'
        else '已退订却仍有通话或短信；请核对号码表'
    end as detail_zh,
    case
        when rents.reason = 'issued' then 'issued this month, charged in full on that day'
        when rents.reason = 'held' then 'held, charged on the 1st'
        when rents.reason = 'returned late' then 'returned after the 25th of the month before, charged once more'
        when rents.reason is not null then 'not in the number table, charged by its guessed kind; add it there'
        when not is_x_number(listed.x_number) then 'not the form of an X number, no rent'
        when numbers.issued_date >= listed.month + interval 1 month then 'used before it was issued; check the number table'
        else 'returned but used; check the number table'
    end as detail_en,
    cast(coalesce(rents.net_price_cny, 0) as decimal(18, 6)) as rent_price_cny
from listed
left join metered.rents as rents
    on listed.month = rents.month
    and listed.x_number = rents.x_number
left join used
    on listed.month = used.month
    and listed.x_number = used.x_number
left join staging.numbers as numbers
    on listed.x_number = numbers.x_number
left join statuses
    on listed.month = statuses.month
    and listed.x_number = statuses.x_number
    and statuses.rank_in_month = 1
