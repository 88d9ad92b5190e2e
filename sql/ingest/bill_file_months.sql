-- grain: one row per bill month in the bill file just loaded
-- key: file_id, month
select
    file_id,
    month,
    count(*) as line_count,
    min(coalesce(usage_start_at, trade_at)) as first_at,
    max(coalesce(trade_at, usage_start_at)) as last_at
from raw.bill_lines
where file_id = getvariable('bill_file_id')
group by file_id, month
