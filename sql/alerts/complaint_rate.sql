-- The complaints of this month or the last are a percentage set of the lower
-- limit, or beyond. What being blocked costs nobody can say.
with

firsts as (
    select month, min(first_date) as first_date from marts.complaints_by_x_number group by month
)

select
    'complaint_rate' as rule, '' as subject, strftime(complaints.month, '%Y-%m') as bucket,
    complaints.month, cast(firsts.first_date as timestamp) as since_at, null as cost_cny,
    complaint_count || ' 起投诉，在用号码 ' || numbers_in_use || ' 个：' || rate_pct || '%，上限 ' || trim_zeros(least(limit_pct, limit_faq_pct)) || '%' as detail_zh,
    'complaints: ' || complaint_count || ', numbers in use: ' || numbers_in_use || ', ' || rate_pct || ' %, the limit is ' || trim_zeros(least(limit_pct, limit_faq_pct)) || ' %' as detail_en
from marts.complaints as complaints
left join firsts
    on complaints.month = firsts.month
where complaints.month >= month_of(getvariable('alert_now')) - interval 1 month
    and complaint_count > 0
    and numbers_in_use > 0
    and complaint_count * 10000 >= getvariable('alert_complaint_near_pct') * least(limit_pct, limit_faq_pct) * numbers_in_use
