-- The helpers the models share. What only DuckDB understands stays here and in
-- raw and staging; from calls on, models are plain SQL.

-- A blank member means the same as an absent one (domain: missing vs "").
create or replace macro blank_to_null(t) as nullif(trim(t), '');

-- Callback times are UTC "yyyy-MM-dd HH:mm:ss" without a zone; two blanks and
-- ISO forms occur, with a zone now and then. A date alone is no time, and
-- neither are infinity and years nobody lives in.
create or replace macro parse_utc(t) as
    case
        when length(t) < 19 then null
        when length(t) > 19 and regexp_matches(t, '[+-][0-9]{2}(:?[0-9]{2})?$')
            then timezone('UTC', try_cast(t as timestamptz))
        when try_cast(t as timestamp) between timestamp '2000-01-01' and timestamp '2100-01-01'
            then try_cast(t as timestamp)
    end;

-- Event times are documented as UNIX time but arrive as UTC text: take both.
create or replace macro parse_event_utc(t) as
    case
        when regexp_full_match(t, '[0-9]{9,10}') then epoch_ms(try_cast(t as bigint) * 1000)
        when regexp_full_match(t, '[0-9]{12,13}') then epoch_ms(try_cast(t as bigint))
        else parse_utc(t)
    end;

-- Receive times are written by the customer's server: with a zone they say
-- so, without one they are Beijing wall clock.
create or replace macro parse_received_at(t) as
    case
        when regexp_full_match(t, '[0-9]{9,13}') then parse_event_utc(t) + interval 8 hour
        when regexp_matches(t, '(Z|[+-][0-9]{2}:?[0-9]{2})$') then parse_utc(t) + interval 8 hour
        else parse_utc(replace(t, ',', '.'))
    end;

-- China has had one zone and no summer time since 1991: +8 h is exact.
create or replace macro beijing(t) as t + interval 8 hour;

create or replace macro month_of(t) as cast(date_trunc('month', t) as date);

-- The month a call is settled in: that of its end, or of its answer (settle_by).
create or replace macro settled_month(settle_by, answered_at, month) as
    case when settle_by = 'answer' and answered_at is not null then month_of(answered_at) else month end;

-- Records without any time belong to no month; this date stands for it.
create or replace macro undated() as date '1970-01-01';

-- A member that is there but does not read as what it should be.
create or replace macro is_odd(t, value) as value is null and t <> '' and trim(t) <> '';

-- Identity of a call within its app: the record id, else the session, else the
-- members that tell two calls apart (domain 1.5).
create or replace macro call_identity(icid, session_id, bind_num, caller_num, callee_num, call_in, call_end) as
    case
        when icid <> '' then 'icid:' || icid
        when session_id <> '' then 'session:' || session_id
        else 'fields:' || concat_ws('|',
            coalesce(bind_num, ''), coalesce(caller_num, ''), coalesce(callee_num, ''),
            coalesce(call_in, ''), coalesce(call_end, ''))
    end;

-- Numbers arrive with and without +86, as text or as JSON numbers. Chinese
-- mobiles (11 digits) and the 700 range (15 digits) get their +86; all else
-- stays as it came.
create or replace macro normal_number(n) as
    case
        when starts_with(n, '+86') then n
        when n is null or trim(n) = '' then null
        when regexp_full_match(trim(n), '(1[0-9]{10}|700[0-9]{12})') then '+86' || trim(n)
        when regexp_full_match(trim(n), '(86|0086)(1[0-9]{10}|700[0-9]{12})')
            then '+86' || regexp_extract(trim(n), '^(86|0086)(.*)$', 2)
        else trim(n)
    end;

-- Carrier or virtual-carrier number by prefix: a guess until the number table
-- says otherwise (domain 0a).
create or replace macro guessed_number_kind(x) as
    case when substr(x, 1, 6) in ('+86162', '+86165', '+86167', '+86170', '+86171') then 'virtual' else 'carrier' end;

-- Whole started units: 60 s is one minute, 61 s are two.
create or replace macro started_units(quantity, unit) as (quantity + unit - 1) // unit;

-- Part of a whole in percent, two decimals, rounded half up, without a float.
create or replace macro percent(part, whole) as
    case when whole > 0
        then cast(cast((part * 20000 + whole) // (2 * whole) as decimal(18, 0)) * 0.01 as decimal(18, 2))
    end;

-- Mean of whole numbers, one decimal, rounded half up, without a float.
create or replace macro mean(total, n) as
    case when n > 0
        then cast(cast((total * 20 + n) // (2 * n) as decimal(18, 0)) * 0.1 as decimal(18, 1))
    end;

-- Seconds between two moments.
create or replace macro seconds_between(t1, t2) as cast(date_diff('second', t1, t2) as integer);

-- Money that the vendor settles is cut to the fen, never rounded (domain 10).
create or replace macro cut_to_fen(amount) as cast(floor(amount * 100) * 0.01 as decimal(18, 2));

-- What a JSON body is: fee, event, sms, status, or the reason it is none.
create or replace macro body_kind(j) as
    case
        when j is null then 'malformed_json'
        when json_type(j) <> 'OBJECT' then 'not_an_object'
        when json_type(j -> 'smsEvent') = 'OBJECT' then 'sms'
        when (j ->> 'eventType') is null then 'unknown_event_type'
        when lower(trim(j ->> 'eventType')) = 'fee' then
            case when json_type(j -> 'feeLst') in ('ARRAY', 'OBJECT') then 'fee' else 'missing_feelst' end
        when lower(trim(j ->> 'eventType')) = 'numstatus' then
            case when json_type(j -> 'numInfo') in ('ARRAY', 'OBJECT') then 'status' else 'missing_numinfo' end
        when lower(trim(j ->> 'eventType')) in ('callin', 'collectinfo', 'callout', 'alerting', 'answer', 'disconnect') then
            case when json_type(j -> 'statusInfo') = 'OBJECT' then 'event' else 'missing_statusinfo' end
        else 'unknown_event_type'
    end;

create or replace macro is_callback(kind) as kind in ('fee', 'event', 'sms', 'status');

-- The object in a wrapper's member: the member itself, or the text from its
-- first to its last brace when the body was wrapped as a string.
create or replace macro wrapped_object(v) as
    case json_type(v)
        when 'OBJECT' then v
        when 'VARCHAR' then try_cast(
            translate(regexp_extract(v ->> '$', '(?s)\{.*\}'), chr(10) || chr(13), '  ') as json)
    end;

-- How many records a body of a kind must give.
create or replace macro expected_records(kind, j) as
    case
        when kind = 'fee' and json_type(j -> 'feeLst') = 'ARRAY' then json_array_length(j -> 'feeLst')
        when kind = 'status' and json_type(j -> 'numInfo') = 'ARRAY' then json_array_length(j -> 'numInfo')
        when is_callback(kind) then 1
        else 0
    end;

-- A lone object where a list belongs becomes a list of one.
create or replace macro listed(kind, j) as
    case
        when kind = 'fee' and json_type(j -> 'feeLst') = 'OBJECT'
            then '{"eventType":"fee","feeLst":[' || cast(j -> 'feeLst' as varchar) || ']}'
        when kind = 'status' and json_type(j -> 'numInfo') = 'OBJECT'
            then '{"eventType":"numStatus","numInfo":[' || cast(j -> 'numInfo' as varchar) || ']}'
        else trim(cast(j as varchar))
    end;

-- Digits of a length that could be a person's number, hidden; used wherever
-- archive text is shown.
create or replace macro hide_numbers(t) as regexp_replace(t, '[0-9]{5,}', '*****', 'g');

-- X numbers are Chinese mobiles or of the 700 range (domain 0a); what a record
-- without one was booked under is none.
create or replace macro is_x_number(x) as regexp_full_match(x, '\+86(1[0-9]{10}|700[0-9]{12})');

-- Largest remainder: each part of a whole first gets its share without the
-- fraction; what is left goes one by one to the largest remainders.
create or replace macro whole_share(part, total, whole) as
    case when whole > 0 then cast((cast(part as hugeint) * total) // whole as bigint) else 0 end;

create or replace macro share_remainder(part, total, whole) as
    case when whole > 0 then cast((cast(part as hugeint) * total) % whole as bigint) else 0 end;

-- The fen an amount is whole of, and what is left of it.
create or replace macro whole_fen(amount) as cast(floor(amount * 100) as bigint);

create or replace macro fen_to_cny(fen) as cast(fen * 0.01 as decimal(18, 2));

-- A decimal without the zeros behind its second place: 0.060000 reads 0.06.
create or replace macro trim_zeros(amount) as regexp_replace(cast(amount as varchar), '(\.[0-9]{2}[0-9]*?)0+$', '\1');
