-- grain: one row per bill row that repeats another one of its source
-- key: month, file_id, line
-- changes with: bills
-- Parts of a bill overlap, and a day's file repeats the last rows of the day
-- before. A row without a trade id is never taken for a repeat: two numbers'
-- rents can look alike.
with

identified as (
    select
        lines.file_id,
        lines.line,
        lines.month,
        lines.content_hash,
        lines.trade_id,
        files.source_rank
    from staging.bill_lines as lines
    inner join identity.bill_files as files
        on lines.file_id = files.file_id
        and lines.month = files.month
    where files.is_latest
        and lines.trade_id is not null
        and lines.month in (select month from raw.build_scope)
),

repeated as (
    select month, source_rank, content_hash
    from identified
    group by month, source_rank, content_hash
    having count(*) > 1
),

numbered as (
    select
        identified.*,
        row_number() over repeats as copy_no,
        first_value(identified.file_id) over repeats as first_file_id,
        first_value(identified.line) over repeats as first_line
    from identified
    inner join repeated
        on identified.month = repeated.month
        and identified.source_rank = repeated.source_rank
        and identified.content_hash = repeated.content_hash
    window repeats as (
        partition by identified.month, identified.source_rank, identified.content_hash, identified.trade_id
        order by identified.file_id, identified.line
    )
)

select
    month,
    file_id,
    line,
    first_file_id,
    first_line
from numbered
where copy_no > 1
