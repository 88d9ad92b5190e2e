-- grain: one row per alert
-- key: alert_key
-- made by: month
-- stored: view
-- An alert that is open has no date it was last seen on, so that a report says
-- the same until something changes.
select
    alerts.month,
    alerts.alert_key,
    alerts.rule,
    rules.title_zh,
    rules.title_en,
    nullif(alerts.subject, '') as subject,
    alerts.status,
    alerts.since_at,
    cast(alerts.first_seen_at as date) as first_seen_date,
    case when alerts.status = 'resolved' then cast(alerts.last_seen_at as date) end as last_seen_date,
    cast(alerts.resolved_at as date) as resolved_date,
    alerts.cost_cny as estimated_cny,
    alerts.detail_zh,
    alerts.detail_en,
    rules.next_step_zh,
    rules.next_step_en
from staging.alerts as alerts
inner join seeds.alert_rules as rules
    on alerts.rule = rules.rule
