-- grain: one row per file of the vendor's bill and month
-- key: file_id, month
-- changes with: bills
-- Which issue of the same bill holds: the final one over a provisional one, then
-- the one issued later, by its folder's date and by the last deduction it knows;
-- the order of loading decides only where nothing else does. source_rank puts the
-- kinds of bill in order: one month's money must be taken from one of them.
with

issues as (
    select
        files.file_id,
        months.month,
        files.file,
        files.kind,
        files.scope,
        files.is_final,
        files.series,
        files.part_no,
        bill_source_rank(files.kind, files.scope, files.is_final) as source_rank,
        months.line_count,
        row_number() over same_bill as issue_no,
        first_value(files.file_id) over same_bill as latest_file_id
    from staging.bill_files as files
    inner join raw.bill_file_months as months
        on files.file_id = months.file_id
    window same_bill as (
        partition by months.month, files.kind, files.series, files.scope, files.part_no,
            case when files.scope in ('day', 'range') then files.covers_from_date end,
            case when files.scope = 'range' then files.covers_to_date end
        order by files.is_final desc, files.issued_date desc nulls last, months.last_at desc nulls last, files.file_id desc
    )
)

select
    file_id,
    month,
    file,
    kind,
    scope,
    is_final,
    series,
    part_no,
    source_rank,
    line_count,
    issue_no = 1 as is_latest,
    case when issue_no > 1 then latest_file_id end as superseded_by_file_id
from issues
