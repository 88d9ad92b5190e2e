-- What is to be noted of alerts: what the rules find now and is not open yet,
-- what was seen on an earlier day or with other figures, and what is over.
-- $1 is the time.
with

found as (
    select
        rule || ':' || subject || case when bucket <> '' then ':' || bucket else '' end as alert_key,
        rule, subject, month, since_at, cast(cost_cny as decimal(18, 2)) as cost_cny, detail_zh, detail_en
    from alerts_now
)

select
    found.alert_key,
    coalesce(known.last_change_no, 0) + 1 as change_no,
    case when known.status = 'open' then 'seen' else 'opened' end as state,
    cast($1 as timestamp) as noted_at,
    found.rule, found.subject, found.month, found.since_at, found.cost_cny, found.detail_zh, found.detail_en
from found
left join staging.alerts as known
    on found.alert_key = known.alert_key
where known.alert_key is null
    or known.status = 'resolved'
    or cast(known.last_seen_at as date) < cast(cast($1 as timestamp) as date)
    or known.detail_zh <> found.detail_zh
union all
select
    known.alert_key, known.last_change_no + 1, 'resolved', cast($1 as timestamp),
    known.rule, known.subject, known.month, known.since_at, known.cost_cny, known.detail_zh, known.detail_en
from staging.alerts as known
where known.status = 'open' and known.alert_key not in (select alert_key from found)
