-- A call that events tell of and no record does: not charged here, though the
-- vendor may charge it, so until when its record can still be had.
select
    hide_numbers(sessions.session_id) as session_id,
    'not charged here: no record came; the vendor may have charged it' as counts_as,
    sessions.x_number,
    strftime(sessions.started_at, '%Y-%m-%d %H:%M:%S') as first_event_beijing,
    coalesce(strftime(sessions.answered_at, '%Y-%m-%d %H:%M:%S'), 'none') as answer_beijing,
    coalesce(strftime(sessions.ended_at, '%Y-%m-%d %H:%M:%S'), 'none') as end_beijing,
    sessions.release_code || coalesce(' ' || codes.meaning_en || ' (' || codes.owner_en || ')', ' not listed') as release_code,
    case when sessions.answered_at is not null and sessions.ended_at >= sessions.answered_at
        then started_units(seconds_between(sessions.answered_at, sessions.ended_at), 60)
    end as likely_min,
    strftime(missing.recoverable_until, '%Y-%m-%d %H:%M:%S') as recoverable_until_beijing,
    missing.days_left,
    case when missing.session_id is not null
        then 'ask the vendor for the record by the session id (report missing_cdrs)'
        else 'neither answered nor ended by the events: nothing to ask for'
    end as next_step
from calls.sessions as sessions
left join marts.missing_cdrs as missing
    on sessions.month = missing.month
    and sessions.session_id = missing.session_id
left join seeds.release_codes as codes
    on sessions.release_code = cast(codes.release_code as varchar)
where sessions.session_id = getvariable('story_session_id')
    and getvariable('story_call_id') is null
