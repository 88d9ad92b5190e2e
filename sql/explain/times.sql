-- The moments of the kept record: UTC as delivered, Beijing as billed.
with

kept as (
    select records.*
    from staging.fee_records as records
    inner join calls.calls as calls
        on records.file_id = calls.file_id
        and records.body_no = calls.body_no
        and records.record_no = calls.record_no
    where records.call_id = call_of_text(getvariable('story_call_id'))
),

moments as (
    select 1 as place, 'call-in' as moment, started_utc_at as utc_at from kept
    union all
    select 2, 'ringing', alerting_utc_at from kept
    union all
    select 3, 'answer', answered_utc_at from kept
    union all
    select 4, 'end', ended_utc_at from kept
)

select
    moment,
    coalesce(strftime(utc_at, '%Y-%m-%d %H:%M:%S'), 'none') as utc,
    coalesce(strftime(beijing(utc_at), '%Y-%m-%d %H:%M:%S'), 'none') as beijing
from moments
order by place
