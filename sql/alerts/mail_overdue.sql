-- Mails that wait in the outbox for longer than the hours set.
select
    'mail_overdue' as rule, job as subject, '' as bucket,
    month_of(getvariable('alert_now')) as month, beijing(min(posted_utc_at)) as since_at, null as cost_cny,
    count(*) || ' 封邮件等待发送' as detail_zh,
    'mails that wait: ' || count(*) as detail_en
from raw.outbox
where status = 'waiting'
    and beijing(posted_utc_at) <= getvariable('alert_now') - to_hours(getvariable('alert_mail_hours'))
group by job
