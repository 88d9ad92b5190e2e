-- grain: one row per piece of a file, or record, that was refused
-- key: file, body, record
-- Nothing refused is without a file, a line and a reason.
select
    files.file,
    rejects.line,
    rejects.body_no as body,
    cast(0 as integer) as record,
    rejects.reason,
    rejects.detail,
    cast(null as date) as month_from,
    cast(null as date) as month_to
from staging.rejects as rejects
inner join staging.files as files
    on rejects.file_id = files.file_id
union all
select
    files.file,
    records.line,
    records.body_no as body,
    records.record_no as record,
    records.reason,
    case records.reason
        when 'record_not_object' then 'an entry of feeLst that is no call record'
        when 'bad_time' then 'answer or end time cannot be read'
        when 'answered_without_end' then 'answered, but no end time: minutes unknown'
        when 'end_before_answer' then 'ends before it was answered'
    end as detail,
    case when records.month > undated() then cast(records.month - interval 1 month as date) end as month_from,
    case when records.month > undated() then cast(records.month + interval 1 month as date) end as month_to
from calls.rejects as records
inner join staging.files as files
    on records.file_id = files.file_id
