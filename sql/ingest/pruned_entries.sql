-- grain: one row per entry of the files just loaded that is of a pruned month
-- key: file_id, body_no, entry_no
-- A call is of the month it is settled in, beside that of its record.
with

settings as (
    select max(case when name = 'settle_by' then value end) as settle_by
    from raw.settings
),

entries as (
    select
        records.file_id, records.body_no, records.record_no as entry_no, records.line, records.month,
        settled_month(settings.settle_by, beijing(records.fwd_answer_utc_at), records.month) as settled_in
    from raw.fee_records as records
    cross join settings
    where records.file_id in (select file_id from done_files)
    union all
    select file_id, body_no, 0, line, month, month from raw.events where file_id in (select file_id from done_files)
    union all
    select file_id, body_no, 0, line, month, month from raw.sms where file_id in (select file_id from done_files)
    union all
    select file_id, body_no, notice_no, line, month, month from raw.number_status where file_id in (select file_id from done_files)
)

select file_id, body_no, entry_no, line, month
from entries
where month in (select month from raw.pruned_months)
    or settled_in in (select month from raw.pruned_months)
