-- grain: one row per X number, app and bill month with SMS notices
-- key: month, x_number, app_key
-- Notify notices count as messages; failed ones and blocked ones (notices of
-- kind Block) are counted and not charged (domain 3).
with

notices as (
    select
        month, x_number, app_key, number_kind,
        count(*) as message_count,
        sum(case when is_charged then 1 else 0 end) as sent_count,
        sum(case when is_charged then 0 else 1 end) as failed_count,
        0 as blocked_count
    from rated.messages
    group by month, x_number, app_key, number_kind
    union all
    select
        messages.month, messages.x_number, messages.app_key,
        coalesce(numbers.number_kind, guessed_number_kind(messages.x_number)),
        0, 0, 0, count(*)
    from calls.messages as messages
    left join staging.numbers as numbers
        on messages.x_number = numbers.x_number
    where messages.notification_mode <> 'notify'
    group by messages.month, messages.x_number, messages.app_key, coalesce(numbers.number_kind, guessed_number_kind(messages.x_number))
),

counted as (
    select
        month, x_number, app_key, number_kind,
        sum(message_count) as message_count, sum(sent_count) as sent_count, sum(failed_count) as failed_count,
        sum(blocked_count) as blocked_count
    from notices
    group by month, x_number, app_key, number_kind
),

charged as (
    select
        month, x_number, app_key, max(number_kind) as number_kind,
        sum(sms_count) as billable_count, sum(package_sms_count) as package_sms_count, sum(sms_charge_cny) as charge_cny
    from stated.daily_charges
    where mode = 'SMS'
    group by month, x_number, app_key
)

select
    coalesce(counted.month, charged.month) as month,
    coalesce(counted.x_number, charged.x_number) as x_number,
    coalesce(counted.app_key, charged.app_key) as app_key,
    coalesce(counted.number_kind, charged.number_kind) as number_kind,
    cast(coalesce(counted.message_count, 0) as bigint) as message_count,
    cast(coalesce(counted.sent_count, 0) as bigint) as sent_count,
    cast(coalesce(counted.failed_count, 0) as bigint) as failed_count,
    cast(coalesce(counted.blocked_count, 0) as bigint) as blocked_count,
    cast(coalesce(charged.billable_count, 0) as bigint) as billable_count,
    cast(coalesce(charged.package_sms_count, 0) as bigint) as package_sms_count,
    cast(coalesce(charged.charge_cny, 0) as decimal(18, 2)) as charge_cny
from counted
full join charged
    on counted.month = charged.month
    and counted.x_number = charged.x_number
    and counted.app_key = charged.app_key
