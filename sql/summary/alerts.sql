-- Open alerts of a month and those after it, the gravest first.
select
    alerts.alert_key,
    alerts.rule,
    rules.tone,
    rules.title_zh,
    rules.title_en,
    alerts.subject,
    strftime(alerts.month, '%Y-%m') as month,
    alerts.status,
    not alerts.is_told as is_new,
    coalesce(strftime(alerts.since_at, '%Y-%m-%d %H:%M'), '') as since_at,
    strftime(alerts.first_seen_at, '%Y-%m-%d %H:%M:%S') as first_seen_at,
    strftime(alerts.last_seen_at, '%Y-%m-%d %H:%M:%S') as last_seen_at,
    coalesce(cast(alerts.cost_cny as varchar), '') as cost_cny,
    alerts.detail_zh,
    alerts.detail_en,
    rules.next_step_zh,
    rules.next_step_en
from staging.alerts as alerts
inner join seeds.alert_rules as rules
    on alerts.rule = rules.rule
where alerts.status = 'open' and alerts.month >= cast($1 as date)
order by rules.tone, alerts.since_at desc, alerts.alert_key
