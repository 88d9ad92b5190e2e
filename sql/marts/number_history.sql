-- grain: one row per thing that happened to an X number
-- key: x_number, event_at, event, file, line, entry
-- stored: view
-- proved by: rated.number_use and calls.number_history, two rows and one of each of whose these are
-- The number table and the status notices together: issue, first and last use
-- in a month, changes of status, return. A notice has no time of its own; its
-- time is when it was received, and empty times sort last. What changed is shown in all
-- months after it, what was used in its own.
with

happened as (
    select x_number, cast(issued_date as timestamp) as event_at, 'issued' as event, app_key, null as status_code, null as cause_code,
        'number table' as file, line, '0' as entry, null as use_month
    from staging.numbers where issued_date is not null
    union all
    select x_number, cast(returned_date as timestamp), 'returned', app_key, null, null, 'number table', line, '0', null
    from staging.numbers where returned_date is not null
    union all
    select x_number, min(first_used_at), 'first use in the month', min(app_key), null, null, strftime(month, '%Y-%m'), 0, '0', month
    from rated.number_use
    where month > undated() and x_number <> '(none)'
    group by month, x_number
    union all
    select x_number, max(last_used_at), 'last use in the month', min(app_key), null, null, strftime(month, '%Y-%m'), 0, '0', month
    from rated.number_use
    where month > undated() and x_number <> '(none)'
    group by month, x_number
    union all
    select
        x_number, received_at,
        case status_code when 5 then 'normal' when 9 then 'suspended' when 10 then 'unavailable' when 11 then 'binding frozen' else 'unknown status' end,
        app_key, status_code, cause_code, file, line, body_no || '.' || notice_no, null
    from calls.number_history
)

select
    x_number,
    coalesce(event_at, timestamp '1970-01-01') as event_at,
    event,
    app_key,
    status_code,
    cause_code,
    file,
    line,
    entry,
    coalesce(use_month, cast(date_trunc('month', event_at) as date)) as month_from,
    use_month as month_to
from happened
