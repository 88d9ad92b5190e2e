-- grain: one row per frame that came as text, with what it is
-- key: file_id, body_no
-- A body wrapped in an object, once or twice, is unwrapped. Two callbacks in
-- one wrapper are refused: which of them counts must not be guessed.
with

parsed as (
    select *, case when problem is null then try_cast(body as json) end as j
    from frames
),

whole as (
    select *, coalesce(problem, body_kind(j)) as kind
    from parsed
),

members as (
    select whole.file_id, whole.body_no, member.key as member_name, member.value as member_value
    from whole, json_each(whole.j) as member
    where not is_callback(whole.kind) and json_type(whole.j) = 'OBJECT'
),

inner_objects as (
    select file_id, body_no, wrapped_object(member_value) as j from members
),

inner_members as (
    select inner_objects.file_id, inner_objects.body_no, wrapped_object(member.value) as j
    from inner_objects, json_each(inner_objects.j) as member
    where json_type(inner_objects.j) = 'OBJECT' and not is_callback(body_kind(inner_objects.j))
),

unwrapped as (
    select file_id, body_no, count(*) as callback_count, any_value(j) as j, any_value(kind) as kind
    from (
        select file_id, body_no, j, body_kind(j) as kind from inner_objects where j is not null
        union all
        select file_id, body_no, j, body_kind(j) as kind from inner_members where j is not null
    ) as candidates
    where is_callback(kind)
    group by file_id, body_no
),

received as (
    select file_id, body_no, min(member_value ->> '$') as received_time
    from members
    where regexp_matches(lower(member_name), '(time|date|at$|^ts$)')
        and regexp_matches(member_value ->> '$', '^([0-9]{9,13}$|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2})')
    group by file_id, body_no
),

resolved as (
    select
        whole.file_id,
        whole.body_no,
        whole.line,
        whole.context,
        whole.body,
        case
            when unwrapped.callback_count > 1 then 'several_bodies'
            -- Bytes that are not UTF-8 were replaced on reading; where they
            -- name, time or route a call, the body is refused.
            when contains(whole.body, chr(65533)) and regexp_matches(
                whole.body,
                '"(appKey|icid|sessionId|bindNum|callerNum|calleeNum|callInTime|fwdAnswerTime|callEndTime|smsIdentifier|virtualNumber|number)\\*" *: *\\*"[^"]*\x{FFFD}'
            ) then 'invalid_utf8'
            else coalesce(unwrapped.kind, whole.kind)
        end as kind,
        coalesce(unwrapped.j, whole.j) as j,
        received.received_time
    from whole
    left join unwrapped
        on whole.file_id = unwrapped.file_id
        and whole.body_no = unwrapped.body_no
    left join received
        on whole.file_id = received.file_id
        and whole.body_no = received.body_no
)

select
    file_id,
    body_no,
    line,
    kind,
    expected_records(kind, j) as record_count,
    coalesce(
        nullif(regexp_extract(context, 'Created=\\*"([^"\\]+)', 1), ''),
        case when kind = 'status' then nullif(regexp_extract(body, 'Created=\\*"([^"\\]+)', 1), '') end,
        received_time,
        nullif(regexp_extract(context, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?'), '')
    ) as received_time,
    coalesce(
        nullif(regexp_extract(context, 'Username=\\*"([^"\\]+)', 1), ''),
        case when kind = 'status' then nullif(regexp_extract(body, 'Username=\\*"([^"\\]+)', 1), '') end
    ) as header_app_key,
    case when is_callback(kind) then listed(kind, j) end as callback,
    case
        when is_callback(kind) then null
        when kind = 'unknown_event_type' and (j ->> 'eventType') is not null
            then 'eventType ' || left(j ->> 'eventType', 40) || ' is no privacy-number callback'
        when kind = 'unknown_event_type' then 'an object without eventType or smsEvent'
        when kind = 'missing_feelst' then 'eventType is fee but feeLst is not a list'
        when kind = 'missing_numinfo' then 'eventType is numStatus but numInfo is not a list'
        when kind = 'missing_statusinfo' then 'a call event without statusInfo'
        when kind = 'not_an_object' then 'JSON, but no object'
        when kind = 'several_bodies' then 'more than one callback in one wrapper; split it'
        when kind = 'invalid_utf8' then 'bytes that are not UTF-8 in a member that names or charges the call'
        when kind = 'malformed_json' then 'not JSON from its first to its last character'
        else context
    end as detail,
    case when not is_callback(kind) then body end as text
from resolved
