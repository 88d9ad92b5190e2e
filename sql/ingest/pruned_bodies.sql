-- grain: one row per body with entries of a pruned month
-- key: file_id, body_no
-- Nothing is left to charge them with, or to tell a repeat from a new call by:
-- they are refused, and counted. What else the body holds is kept.
select
    file_id,
    body_no,
    min(line) as line,
    'month_pruned' as reason,
    'entries of ' || string_agg(distinct strftime(month, '%Y-%m'), ', ' order by strftime(month, '%Y-%m')) || ': ' || count(*)
    || '; that month was pruned and stays as it was closed; load the file into another database to look at them' as detail,
    cast(null as varchar) as text
from pruned_entries
group by file_id, body_no
