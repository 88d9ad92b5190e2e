-- The call itself, as the record that was kept tells it, or the first one if
-- all were refused; what it counts as, and why it is on that X number.
with

kept as (
    select
        records.*,
        x_number_of(records.x_packed, records.x_other) as x_number,
        coalesce(copies.role, 'call') as role,
        files.file
    from staging.fee_records as records
    inner join staging.files as files
        on records.file_id = files.file_id
    left join identity.copies as copies
        on records.file_id = copies.file_id
        and records.body_no = copies.body_no
        and records.record_no = copies.record_no
    where records.call_id = call_of_text(getvariable('story_call_id'))
    order by records.reject_reason is not null, role, files.file, records.line, records.record_no
    limit 1
)

select
    coalesce('icid ' || kept.icid, 'session ' || hide_numbers(kept.session_id), 'numbers and times') as identified_by,
    call_text(kept.call_id) as call_id,
    kept.app_key,
    kept.file || ' line ' || kept.line || ', entry ' || kept.record_no as file_and_line,
    case
        when kept.reject_reason is not null then 'refused, not charged: ' || kept.reject_reason
        when calls.call_id is null then 'loaded, but not built yet: run xtally build'
        when calls.outcome = 'other_product' then 'a call of VoiceCall, another product: not charged here'
        when calls.month = undated() then 'a call without any time: in no month'
        else 'one call of ' || strftime(rated.month, '%Y-%m')
    end as counts_as,
    case when closings.closing_id is not null
        then 'closed ' || strftime(closings.closed_at, '%Y-%m-%d %H:%M:%S') || ': its sums are as closed; what was found since is in report adjustments'
    end as month_is,
    calls.outcome,
    mode_of(kept.service_packed, kept.is_block, kept.service_other)
        || ' (serviceType ' || coalesce(nullif(number_text(kept.service_packed, kept.service_other), ''), 'absent') || ')' as mode,
    kept.x_number,
    case
        when number_in(kept.bind_packed, kept.other_numbers, 'bindNum') is not null then 'bindNum of the record'
        when number_in(kept.dialled_packed, kept.other_numbers, 'calleeNum') is not null then 'calleeNum of the record; bindNum is absent'
        else 'the record has neither bindNum nor calleeNum'
    end as why_this_x_number,
    rated.number_kind || case when numbers.x_number is not null then ', from the number table' else ', guessed from the prefix' end as number_kind,
    cast(kept.release_code as varchar) || coalesce(' ' || codes.meaning_en || ' (' || codes.owner_en || ')', ' not listed') as release_code,
    case when kept.q850_code <> 0 then kept.q850_code || coalesce(' ' || q850.meaning_en, ' not listed') end as q850_code,
    case when kept.sip_code <> 0 then kept.sip_code || coalesce(' ' || sip.meaning_en, ' not listed') end as sip_code,
    kept.is_recorded as recorded,
    hide_numbers(kept.odd_members) as unreadable
from kept
left join calls.calls as calls
    on kept.call_id = calls.call_id
left join rated.calls as rated
    on calls.call_id = rated.call_id
left join staging.closings as closings
    on rated.month = closings.month
    and closings.reopened_at is null
left join staging.numbers as numbers
    on kept.x_number = numbers.x_number
left join seeds.release_codes as codes
    on kept.release_code = codes.release_code
left join seeds.q850_codes as q850
    on kept.q850_code = q850.q850_code
left join seeds.sip_codes as sip
    on kept.sip_code = sip.sip_code
