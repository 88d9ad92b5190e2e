-- grain: one row per SMS notice of kind Notify, with what is charged of it
-- key: month, app_key, message_id
-- stored: view
-- Charged per message really sent (splitNum) when the result is 0 or 9; the
-- price depends on the kind of the X number (FAQ on SMS charges).
with

notices as (
    select
        messages.app_key,
        messages.message_id,
        messages.x_number,
        coalesce(numbers.number_kind, guessed_number_kind(messages.x_number)) as number_kind,
        messages.send_result,
        coalesce(results.is_charged, false) as is_charged,
        coalesce(messages.split_count, 1) as split_count,
        messages.month,
        coalesce(messages.sent_at, timestamp '1970-01-01') as settled_at
    from calls.messages as messages
    left join staging.numbers as numbers
        on messages.x_number = numbers.x_number
    left join seeds.sms_results as results
        on messages.send_result = results.send_result
    where messages.notification_mode = 'notify'
)

select
    app_key,
    message_id,
    x_number,
    number_kind,
    'sms_' || number_kind as item,
    send_result,
    is_charged,
    case when is_charged then split_count else 0 end as billable_count,
    month,
    settled_at,
    date_trunc('hour', settled_at) as hour_at
from notices
