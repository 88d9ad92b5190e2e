-- Every record that was delivered of the call, and what became of it.
select
    files.file,
    records.line,
    records.record_no as entry,
    case
        when records.reject_reason is not null then 'refused'
        when copies.role = 'duplicate' then 'duplicate'
        when copies.role = 'conflict_loser' then 'conflict loser'
        when copies.role = 'call' or calls.call_id is not null then 'kept'
        else 'not built yet'
    end as became,
    case
        when records.reject_reason is not null then records.reject_reason
        when copies.role = 'duplicate' then 'the same content again'
        when copies.role = 'conflict_loser'
            then 'another version won: latest end, then latest answer, then lowest code'
    end as because,
    strftime(records.ended_at, '%Y-%m-%d %H:%M:%S') as end_beijing,
    records.release_code
from staging.fee_records as records
inner join staging.files as files
    on records.file_id = files.file_id
left join identity.copies as copies
    on records.file_id = copies.file_id
    and records.body_no = copies.body_no
    and records.record_no = copies.record_no
left join calls.calls as calls
    on records.file_id = calls.file_id
    and records.body_no = calls.body_no
    and records.record_no = calls.record_no
where records.call_id = call_of_text(getvariable('story_call_id'))
order by coalesce(copies.role, 'call'), files.file, records.line, records.record_no
