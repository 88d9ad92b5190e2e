-- grain: one row per SMS notice of kind Notify, with what it costs
-- key: month, app_key, message_id
-- stored: view
-- Charged per message really sent (splitNum) when the result is 0 or 9; the
-- price depends on the kind of the X number (FAQ on SMS charges).
with

notices as (
    select
        messages.*,
        guessed_number_kind(messages.x_number) as number_kind,
        case
            when results.is_charged then coalesce(messages.split_count, 1)
            else 0
        end as billable_count
    from calls.messages as messages
    left join seeds.sms_results as results
        on messages.send_result = results.send_result
    where messages.notification_mode = 'notify'
),

sms_prices as (
    select number_kind, price_cny, valid_from_at, valid_to_at
    from seeds.prices
    where item = 'sms'
)

select
    notices.app_key,
    notices.message_id,
    notices.x_number,
    notices.number_kind,
    notices.send_result,
    notices.billable_count,
    prices.price_cny as price_cny_per_message,
    cast(notices.billable_count * prices.price_cny as decimal(18, 8)) as list_charge_cny,
    notices.month,
    date_trunc('hour', coalesce(notices.sent_at, timestamp '1970-01-01')) as hour_at
from notices
left join sms_prices as prices
    on notices.number_kind = prices.number_kind
    and coalesce(notices.sent_at, timestamp '2000-01-01') >= prices.valid_from_at
    and coalesce(notices.sent_at, timestamp '2000-01-01') < prices.valid_to_at
