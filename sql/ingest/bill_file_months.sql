-- grain: one row per bill month in the bill file just loaded
-- key: file_id, month
select
    file_id,
    month,
    count(*) as line_count,
    min(coalesce(bill_time(usage_start), range_start(consume_time), bill_time(trade_time))) as first_at,
    max(coalesce(bill_time(trade_time), bill_time(usage_start), range_start(consume_time))) as last_at
from raw.bill_lines
where file_id = getvariable('bill_file_id')
group by file_id, month
