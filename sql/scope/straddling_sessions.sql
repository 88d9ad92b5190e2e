-- grain: one row per pair of months that hold events of one session, or an event and a record
-- key: month, other_month
-- A call lasts hours at most, so only events near the turn of a month count,
-- and those without a time.
with

border_events as (
    select file_id, session_id, month
    from raw.events
    where session_id <> ''
        and (
            month = undated()
            or beijing(parse_event_utc(event_time)) < month + interval 1 day
            or beijing(parse_event_utc(event_time)) >= month + interval 1 month - interval 1 day
        )
),

fresh_events as (
    select * from border_events where file_id > getvariable('built_to_file')
),

pairs as (
    select fresh.month, earlier.month as other_month
    from fresh_events as fresh
    inner join border_events as earlier
        on fresh.session_id = earlier.session_id
        and fresh.month <> earlier.month
    union
    select fresh.month, records.month
    from fresh_events as fresh
    inner join raw.fee_records as records
        on fresh.session_id = records.session_id
        and fresh.month <> records.month
    union
    select records.month, events.month
    from raw.fee_records as records
    inner join border_events as events
        on records.session_id = events.session_id
        and records.month <> events.month
    where records.file_id > getvariable('built_to_file')
)

select month, other_month from pairs
union
select other_month, month from pairs
