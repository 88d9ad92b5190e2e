-- grain: one row per change found in a closed month, app and X number
-- key: month, entry, app_key, x_number
-- Closed charges and adjustments together are what is known now. The reason is
-- what had changed when a build found the difference.
with

noted as (
    select adjustments.*
    from staging.adjustments as adjustments
    inner join staging.closings as closings
        on adjustments.closing_id = closings.closing_id
        and closings.reopened_at is null
)

select
    month,
    noticed_date,
    entry,
    app_key,
    x_number,
    call_count,
    billed_min,
    package_min,
    call_charge_cny,
    sms_count,
    sms_charge_cny,
    rent_cny,
    cast(call_charge_cny + sms_charge_cny + rent_cny as decimal(18, 2)) as total_cny,
    replace(replace(replace(replace(replace(replace(
        causes,
        'late_records', '迟到的话单或通知'),
        'prices_table', '价格表变更'),
        'packages_table', '套餐包表变更'),
        'numbers_table', '号码表变更'),
        'packages_drawn_otherwise', '套餐抵扣随其他月份变化'),
        'models_or_settings', '计费模型或设置变更') as reason_zh,
    replace(replace(replace(replace(replace(replace(
        causes,
        'late_records', 'late records or notices'),
        'prices_table', 'price table changed'),
        'packages_table', 'package table changed'),
        'numbers_table', 'number table changed'),
        'packages_drawn_otherwise', 'packages drawn otherwise after other months changed'),
        'models_or_settings', 'models or settings changed') as reason_en
from noted
