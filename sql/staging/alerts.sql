-- grain: one row per alert, as it stands
-- key: alert_key
-- made by: month
-- What was opened again after it was resolved counts from then.
with

episodes as (
    select
        alert_key,
        max(change_no) as last_change_no,
        max(case when state = 'opened' then change_no end) as opened_no,
        max(case when state in ('opened', 'seen') then change_no end) as seen_no,
        max(case when state = 'resolved' then change_no end) as resolved_no,
        max(case when state = 'told' then change_no end) as told_no
    from raw.alerts
    group by alert_key
)

select
    episodes.alert_key,
    episodes.last_change_no,
    case when episodes.resolved_no > episodes.seen_no then 'resolved' else 'open' end as status,
    coalesce(episodes.told_no > episodes.opened_no, false) as is_told,
    opened.noted_at as first_seen_at,
    seen.noted_at as last_seen_at,
    case when episodes.resolved_no > episodes.seen_no then resolved.noted_at end as resolved_at,
    seen.rule,
    seen.subject,
    seen.month,
    seen.since_at,
    seen.cost_cny,
    seen.detail_zh,
    seen.detail_en
from episodes
inner join raw.alerts as opened
    on episodes.alert_key = opened.alert_key and episodes.opened_no = opened.change_no
inner join raw.alerts as seen
    on episodes.alert_key = seen.alert_key and episodes.seen_no = seen.change_no
left join raw.alerts as resolved
    on episodes.alert_key = resolved.alert_key and episodes.resolved_no = resolved.change_no
