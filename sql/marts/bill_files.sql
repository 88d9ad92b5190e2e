-- grain: one row per file of the vendor's bill and bill month in it
-- key: month, file, part
-- changes with: bills
-- Which issue of which bill holds, and what each says: a later one replaces an
-- earlier, the final one a provisional, and the change can be read here.
with

amounts as (
    select
        month, file_id,
        sum(amount_cny) as amount_cny,
        sum(case when is_in_force then amount_cny else 0 end) as in_force_cny,
        sum(case when is_in_force then line_count else 0 end) as in_force_count,
        sum(case when line_status = 'duplicate' then line_count else 0 end) as duplicate_count,
        sum(case when line_status = 'other currency' then line_count else 0 end) as other_currency_count
    from allocated.bill_usage
    group by month, file_id
)

select
    issues.month,
    files.file,
    cast(files.file_id as varchar) as part,
    files.kind,
    files.scope,
    issues.is_final,
    case
        when not issues.is_latest then 'superseded'
        when coalesce(amounts.in_force_count, 0) > 0 then 'in_force'
        else 'other_bill_holds'
    end as status,
    replacing.file as replaced_by,
    cast(files.row_count as bigint) as lines,
    cast(files.private_number_row_count as bigint) as private_number_lines,
    cast(files.other_row_count as bigint) as other_lines,
    cast(coalesce(amounts.duplicate_count, 0) as bigint) as duplicate_lines,
    cast(coalesce(amounts.other_currency_count, 0) as bigint) as other_currency_lines,
    cast(coalesce(amounts.amount_cny, 0) as decimal(18, 8)) as bill_cny,
    cast(coalesce(amounts.in_force_cny, 0) as decimal(18, 8)) as in_force_cny,
    files.sha256
from identity.bill_files as issues
inner join staging.bill_files as files
    on issues.file_id = files.file_id
left join staging.bill_files as replacing
    on issues.superseded_by_file_id = replacing.file_id
left join amounts
    on issues.month = amounts.month
    and issues.file_id = amounts.file_id
