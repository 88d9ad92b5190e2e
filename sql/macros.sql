-- The helpers the models share. What only DuckDB understands stays here and in
-- raw and staging; from calls on, models are plain SQL.

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

-- China has had one zone and no summer time since 1991: +8 h is exact. (Adding
-- an interval would take the date apart and cost a fifth of building calls.)
create or replace macro beijing(t) as make_timestamp(epoch_us(t) + 28800000000);

-- The 32 hexadecimal digits, small letters, that a text begins with, as a UUID, and
-- what is behind them: all of it, where there are none.
create or replace macro hex_of(t) as
    case when regexp_matches(t, '^[0-9a-f]{32}') then cast(left(t, 32) as uuid) end;

create or replace macro rest_of(t) as case when hex_of(t) is null then t else substr(t, 33) end;

-- The icid again.
create or replace macro icid_text(hex, rest) as
    case when hex is null then nullif(rest, '') else replace(cast(hex as varchar), '-', '') || rest end;

-- Whether that is t; a scan of all calls must not make their texts.
create or replace macro is_icid(hex, rest, t) as
    case when hex is null then rest = t else hex = hex_of(t) and rest = rest_of(t) end;

-- A text that is a UUID in its usual form, small letters, as such; and again.
create or replace macro uuid_of(t) as
    case when regexp_full_match(t, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}') then cast(t as uuid) end;

create or replace macro binding_text(u, other) as coalesce(cast(u as varchar), nullif(other, ''));

-- Records keep whole seconds. A fraction is dropped before the cast, which would
-- round it up: into the next minute, now and then.
create or replace macro whole_second(t) as cast(date_trunc('second', t) as timestamp_s);

create or replace macro month_of(t) as cast(date_trunc('month', t) as date);

-- The month a call is settled in: that of its end, or of its answer (settle_by).
create or replace macro settled_month(settle_by, answered_at, month) as
    case when settle_by = 'answer' and answered_at is not null then month_of(answered_at) else month end;

-- Records without any time belong to no month; this date stands for it.
create or replace macro undated() as date '1970-01-01';

-- The day of a moment, and that date where there is none.
create or replace macro day_of(t) as coalesce(cast(t as date), undated());

-- The first of the days that a model is made for; where it is made for all, before all.
create or replace macro made_from() as
    coalesce(cast(getvariable('made_from') as timestamp_s), cast(timestamp '-infinity' as timestamp_s));

-- Whether a call that ended then can count on one of them: no earlier one can, by its end
-- or by its answer. A condition on days alone would be asked of all calls of the month.
create or replace macro can_count(ended_at) as ended_at is null or ended_at >= made_from();

-- A member that is there but does not read as what it should be.
create or replace macro is_odd(t, value) as value is null and t <> '' and trim(t) <> '';

-- What odd_members says when an entry of feeLst is no object, or has none of
-- the members that tell calls apart.
create or replace macro no_record() as 'no record';

-- The hash of a call's identity within its app (domain 1.5): the first quarter of the
-- sha256.
create or replace macro call_hash(app_key, identity) as
    cast('0x' || left(sha256(coalesce(app_key, '') || '|' || identity), 16) as ubigint);

-- The same as text, in two halves, or a spreadsheet takes some for numbers.
create or replace macro call_text(call_id) as
    format('{:08x}-{:08x}', call_id >> 32, call_id & 4294967295);

-- The id that was written so.
create or replace macro call_of_text(t) as cast('0x' || replace(t, '-', '') as ubigint);

-- Where a record lies, as one number: first by file, then by body, then by
-- entry.
create or replace macro place_of(file_rank, body_no, record_no) as
    (cast(file_rank as hugeint) << 64) + (cast(body_no as bigint) << 32) + record_no;

-- Phone numbers are stored packed, at a quarter of the cost of their text:
-- "+86…" as its digits, digits alone as minus the number with a 1 before it,
-- which keeps leading zeros, and no text as 0. Any other text gives null and
-- is kept beside them.
create or replace macro number_of(t) as
    case
        when t = '' then 0
        when regexp_full_match(t, '\+[1-9][0-9]{0,17}') then cast(substr(t, 2) as bigint)
        when regexp_full_match(t, '[0-9]{1,17}') then -cast('1' || t as bigint)
    end;

-- Number n, where it is the X number stored once: most calls are dialled to it and
-- shown by it. No text packs to -1.
create or replace macro stored_beside(x, n) as case when n = x then -1 else n end;

-- Number n again.
create or replace macro number_beside(x, n) as case when n = -1 then x else n end;

create or replace macro is_other(t, n) as n is null and t is not null;

-- The text that a packed number was; other is what did not pack.
create or replace macro number_text(n, other) as
    case
        when n > 0 then '+' || cast(n as varchar)
        when n < 0 then substr(cast(n as varchar), 3)
        when n = 0 then ''
        else other
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

-- The same for a packed number, told by its size: every call has five, and the
-- text rules in full are slow to plan and to run.
create or replace macro normal_packed(n, other) as
    case
        when n > 0 then '+' || cast(n as varchar)
        when n is null then normal_number(other)
        when n = 0 then null
        when n between -119999999999 and -110000000000 or n between -1700999999999999 and -1700000000000000
            then '+86' || substr(cast(n as varchar), 3)
        when n between -18619999999999 and -18610000000000 or n between -186700999999999999 and -186700000000000000
            then '+' || substr(cast(n as varchar), 3)
        when n between -1008619999999999 and -1008610000000000 then '+' || substr(cast(n as varchar), 5)
        else substr(cast(n as varchar), 3)
    end;

-- A number of a record by its member's name, from what it is packed as and what of the
-- record did not pack.
create or replace macro number_in(packed, others, member) as normal_packed(packed, others ->> member);

-- The X number of a record, from what it is packed as; (none) where there is none.
create or replace macro x_number_of(packed, other) as coalesce(normal_packed(packed, other), '(none)');

-- The mode by the service type, which is packed: 004 and so on. A Block notice is how
-- the mode X shows itself.
create or replace macro mode_of(service_type, is_block, other) as
    case
        when service_type = -1004 and is_block then 'X'
        when service_type = -1004 then 'AXB'
        when service_type = -1003 then 'AX'
        when service_type = -1005 then 'AXE'
        when service_type = -1007 then 'AXYB'
        else coalesce('unknown(' || nullif(number_text(service_type, other), '') || ')', 'unknown')
    end;

-- Carrier or virtual-carrier number by prefix: a guess until the number table
-- says otherwise (domain 0a). (A plain in would become a join that each call goes
-- through; the list is looked at once for each number of a block.)
create or replace macro guessed_number_kind(x) as
    case when list_contains(['+86162', '+86165', '+86167', '+86170', '+86171'], substr(x, 1, 6)) then 'virtual' else 'carrier' end;

-- One of four words, stored as a byte; a text of few values costs as much as six
-- numbers. In the order of their letters, so that they sort as texts.
create or replace macro outcome_word(t) as
    cast(t as enum ('answered', 'code_0_without_answer', 'other_product', 'unanswered'));

-- What became of a record that came more than once, as a byte.
create or replace macro copy_role(t) as cast(t as enum ('call', 'conflict_loser', 'duplicate'));

-- Whole started units: 60 s is one minute, 61 s are two.
create or replace macro started_units(quantity, unit) as (quantity + unit - 1) // unit;

-- Part of a whole in percent, two decimals, rounded half up, without a float.
create or replace macro percent(part, whole) as
    case when whole > 0
        then cast(cast((part * 20000 + whole) // (2 * whole) as decimal(18, 0)) * 0.01 as decimal(18, 2))
    end;

-- A sum of money that has come out as whole fen, as such. (Straight from the 38
-- digits that sums have, each row's division goes bit by bit: half the time of the
-- whole model.)
create or replace macro sum_to_fen(amount) as cast(cast(amount as decimal(18, 10)) as decimal(18, 2));

-- Mean of whole numbers, one decimal, rounded half up, without a float.
create or replace macro mean(total, n) as
    case when n > 0
        then cast(cast((total * 20 + n) // (2 * n) as decimal(18, 0)) * 0.1 as decimal(18, 1))
    end;

-- Seconds between two moments.
create or replace macro seconds_between(t1, t2) as cast(date_diff('second', t1, t2) as integer);

-- The moment s seconds before t.
create or replace macro seconds_before(t, s) as make_timestamp(epoch_us(t) - cast(s as bigint) * 1000000);

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

-- Money per unit, six decimals, rounded half up, without a float.
create or replace macro cny_per_unit(amount_cny, units) as
    case when units > 0
        then cast(cast((cast(amount_cny * 2000000 as hugeint) + units) // (2 * units) as decimal(18, 0)) * 0.000001 as decimal(18, 6))
    end;

-- Part of a whole in percent, four decimals, rounded half up: for rates whose
-- limits are hundredths of a percent.
create or replace macro fine_percent(part, whole) as
    case when whole > 0
        then cast(cast((part * 2000000 + whole) // (2 * whole) as decimal(18, 0)) * 0.0001 as decimal(18, 4))
    end;

-- Tables kept by hand: what people type, and what is wrong with it. A problem
-- is one line that names the column and the remedy, null when there is none.

create or replace macro cell(t) as '"' || left(t, 60) || '"';

-- Beijing wall clock. A date that is not in the calendar is null.
create or replace macro typed_time(t) as
    case
        when regexp_full_match(t, '[0-9]{8}') then try_strptime(t, '%Y%m%d')
        when regexp_full_match(t, '[2-9][0-9]{3}[-/.年].*') then try_strptime(
            regexp_replace(regexp_replace(t, '\.0+$', ''), ' +', ' '),
            [
                '%Y-%m-%d', '%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M', '%Y-%m-%dT%H:%M:%S',
                '%Y/%m/%d', '%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M',
                '%Y.%m.%d', '%Y年%m月%d日', '%Y年%m月%d日 %H:%M:%S', '%Y年%m月%d日 %H:%M'
            ])
    end;

create or replace macro time_problem(name, t) as
    case when t is not null and typed_time(t) is null
        then name || ' ' || cell(t) || ' is no date; write it like 2026-10-31 or 2026-10-31 23:59:59'
    end;

-- An amount as plain digits: currency signs and commas between thousands go.
create or replace macro plain_decimal(t) as
    nullif(replace(regexp_extract(
        replace(t, '￥', '¥'), '^¥? ?(-?([1-9][0-9]{0,2}(,[0-9]{3})+|[0-9]{1,9})(\.[0-9]+)?) ?元?$', 1), ',', ''), '');

create or replace macro decimals_of(plain) as length(rtrim(split_part(plain, '.', 2), '0'));

create or replace macro amount_problem(name, t, most_decimals, example) as
    case
        when t is null then name || ' is empty; write it like ' || example
        when plain_decimal(t) is null then name || ' ' || cell(t) || ' is no amount; write it like ' || example
        when starts_with(plain_decimal(t), '-') then name || ' ' || cell(t) || ' is negative; write it like ' || example
        when decimals_of(plain_decimal(t)) > most_decimals
            then name || ' ' || cell(t) || ' has more than ' || most_decimals || ' decimals; write it like ' || example
    end;

-- A count: a whole number, 0 or more.
create or replace macro count_problem(name, t) as
    case when t is not null and (
        plain_decimal(t) is null or starts_with(plain_decimal(t), '-') or decimals_of(plain_decimal(t)) > 0)
        then name || ' ' || cell(t) || ' is no whole number of 0 or more; write it like 500'
    end;

create or replace macro typed_count(t) as try_cast(split_part(plain_decimal(t), '.', 1) as bigint);

-- 0.85, 85%, 8.5折 and 85折 are the same discount; empty means none.
create or replace macro typed_discount(t) as
    case
        when t is null then cast(1 as decimal(5, 4))
        when regexp_full_match(t, '(0(\.[0-9]{1,4}0*)?|1(\.0*)?)') then cast(t as decimal(5, 4))
        when regexp_full_match(t, '([0-9]{1,2}(\.[0-9]{1,2})?|100(\.0+)?) ?%')
            then cast(cast(rtrim(t, ' %') as decimal(5, 2)) * 0.01 as decimal(5, 4))
        when regexp_full_match(t, '[1-9](\.[0-9]{1,3})? ?折')
            then cast(cast(rtrim(t, ' 折') as decimal(4, 3)) * 0.1 as decimal(5, 4))
        when regexp_full_match(t, '[1-9][1-9] ?折')
            then cast(cast(rtrim(t, ' 折') as decimal(4, 2)) * 0.01 as decimal(5, 4))
    end;

-- Words that mean every app, mode or kind, like an empty cell.
create or replace macro typed_filter(t) as
    case when lower(coalesce(t, '')) in ('', '*', 'any', 'all', '全部', '所有', '不限', '任意') then '' else t end;

create or replace macro typed_number_kind(t) as
    case
        when lower(t) in ('carrier', '运营商', '实号', '运营商号码', '运营商实号', '运营商(实号)', '运营商（实号）', '实号(运营商)', '实号（运营商）')
            then 'carrier'
        when lower(t) in (
            'virtual', '虚拟运营商', '虚号', '虚拟运营商号码', '虚拟', '虚商', '虚拟运营商虚号',
            '虚拟运营商(虚号)', '虚拟运营商（虚号）', '虚号(虚拟运营商)', '虚号（虚拟运营商）')
            then 'virtual'
    end;

create or replace macro typed_item(t) as
    case
        when lower(t) in ('call', 'calls', '通话', '通话费', '呼叫', '语音', '通话(含录音)', '通话（含录音）') then 'call'
        when lower(t) in ('sms', 'message', '短信', '短信费') then 'sms'
        when lower(t) in ('rent', '月租', '月租费', '租费', '租金', '号码月租', '号码租费', '号码月租费') then 'rent'
    end;

-- Excel shows a long number as 8.61326E+12 and saves that to csv.
create or replace macro x_number_problem(t) as
    case
        when t is null then 'x_number is empty; write it like +8617000000001'
        when regexp_full_match(t, '[0-9.]+[eE][+]?[0-9]+')
            then 'x_number ' || cell(t) || ' has lost its digits in Excel; format the column as text and enter it again'
        when not regexp_full_match(normal_number(t), '[+]?[0-9]{5,20}')
            then 'x_number ' || cell(t) || ' is no number; write it like +8617000000001'
    end;

create or replace macro only_problems(all_of) as list_filter(all_of, lambda p: p is not null);

-- The vendor's bill: what its cells mean.

-- The bill writes -- where it has nothing to say.
create or replace macro absent(t) as case when trim(t) in ('', '-', '--', '---', 'null', 'N/A') then null else trim(t) end;

-- Times carry GMT+08:00; another zone is turned into Beijing's.
create or replace macro bill_time(t) as
    case
        when t is null or length(t) < 8 then null
        when length(t) = 29 and ends_with(t, ' GMT+08:00') and substr(t, 5, 1) = '-' then try_cast(left(t, 19) as timestamp)
        when regexp_matches(t, '(GMT|UTC)?[+-][0-9]{2}:[0-9]{2}$')
            then typed_time(trim(regexp_replace(t, '(GMT|UTC)?[+-][0-9]{2}:[0-9]{2}$', ''))) + interval 8 hour
                - to_minutes(
                    case when t[-6] = '-' then -1 else 1 end
                    * (cast(t[-5:-4] as integer) * 60 + cast(t[-2:] as integer)))
        else typed_time(trim(t))
    end;

-- Consume times are ranges for what is used, single moments for what is bought.
create or replace macro range_start(t) as
    case
        when length(t) = 59 and substr(t, 30, 1) = '-' then bill_time(left(t, 29))
        else bill_time(regexp_extract(trim(t), '^([0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}( [0-9:]+)?( ?(GMT|UTC)[+-][0-9:]+)?)', 1))
    end;

create or replace macro range_end(t) as
    case
        when length(t) = 59 and substr(t, 30, 1) = '-' then bill_time(right(t, 29))
        else bill_time(regexp_extract(trim(t), '[0-9] ?[-~至] ?([0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2} [0-9:]+( ?(GMT|UTC)[+-][0-9:]+)?)$', 1))
    end;

create or replace macro bill_cycle(t) as
    case
        when length(t) = 7 and substr(t, 5, 1) = '-' then try_cast(t || '-01' as date)
        when regexp_matches(trim(t), '^20[0-9]{2}[-/年]?[0-9]{1,2}($|[-/月])')
            then try_cast(regexp_extract(trim(t), '^(20[0-9]{2})', 1) || '-'
                || lpad(regexp_extract(trim(t), '^20[0-9]{2}[-/年]?([0-9]{1,2})', 1), 2, '0') || '-01' as date)
    end;

create or replace macro bill_decimal(t) as
    case
        when t is null or t = '--' then null
        when contains(t, ',') then try_cast(replace(t, ',', '') as decimal(24, 8))
        else try_cast(t as decimal(24, 8))
    end;

-- What was paid by all means; null when the bill names none of them.
create or replace macro bill_payments(cash, credit, coupon, cash_coupon, stored_card, bonus, debt) as
    case when coalesce(
        bill_decimal(cash), bill_decimal(credit), bill_decimal(coupon), bill_decimal(cash_coupon),
        bill_decimal(stored_card), bill_decimal(bonus), bill_decimal(debt)) is not null
        then coalesce(bill_decimal(cash), 0) + coalesce(bill_decimal(credit), 0) + coalesce(bill_decimal(coupon), 0)
            + coalesce(bill_decimal(cash_coupon), 0) + coalesce(bill_decimal(stored_card), 0)
            + coalesce(bill_decimal(bonus), 0) + coalesce(bill_decimal(debt), 0)
    end;

create or replace macro currency_code(t) as
    case
        when absent(t) is null or upper(trim(t)) in ('¥', '￥', '元', 'CNY', 'RMB', '人民币') then 'CNY'
        when trim(t) = '$' then 'USD'
        else upper(trim(t))
    end;

-- By the product type's code; bills without it name the service.
create or replace macro is_private_number(code, product_type, product_name) as
    case
        when absent(code) is not null then lower(trim(code)) = 'hws.service.type.privatenumber'
        else regexp_matches(lower(concat_ws(' ', product_type, product_name)), '隐私保护通话|隐私号|private ?number|privacy ?number')
    end;

create or replace macro bill_words(t) as regexp_replace(lower(t), '隐私保护通话|隐私号码|private ?number|privacy ?number', ' ', 'g');

-- Whether a text has all words of one of the alternatives; no pattern, any text.
create or replace macro has_words(t, pattern) as
    trim(pattern) = '' or len(list_filter(
        string_split(lower(pattern), '|'),
        lambda alternative: trim(alternative) <> '' and len(list_filter(
            string_split_regex(trim(alternative), ' +'),
            lambda word: not contains(lower(coalesce(t, '')), word))) = 0)) > 0;

-- Charge, refund or adjustment, by the words of the bill or the numbers of its
-- API; a bill without either tells a refund by its sign.
create or replace macro bill_row_class(bill_type, order_type, amount) as
    case
        when regexp_matches(lower(bill_type), '手续费|增收') then 'charge'
        when regexp_matches(lower(bill_type), '退款|refund|unsubscri|^(4|20|24)$') then 'refund'
        when regexp_matches(lower(bill_type), '调账|调整|核销|补偿|赔偿|adjust|compensat|write-?off|^(9|100|101|102)$') then 'adjustment'
        when bill_type is not null and amount >= 0 then 'charge'
        when regexp_matches(lower(order_type), '退订|退款|unsubscri|refund') then 'refund'
        when amount < 0 then 'refund'
        else 'charge'
    end;

-- Units that stand in rows beside the slot's own: the slot's quantity lacks them.
create or replace macro is_beside_slot(item, reason) as
    item = 'unmapped' or reason in ('duplicate_row', 'refund', 'adjustment');

-- Which bill is believed first for a month: the final usage details, then what
-- there is of them, then the coarser bills.
create or replace macro bill_source_rank(kind, scope, is_final) as
    case kind when 'usage_detail' then 0 when 'transaction' then 10 when 'resource' then 20 else 30 end
    + case when is_final then 1 when scope in ('month', 'unnamed') then 2 when scope = 'day' then 3 else 4 end;

-- The slot of a moment: its hour, its day, or the bill month.
create or replace macro slot_of(grain, month, t) as
    case grain
        when 'hour' then date_trunc('hour', t)
        when 'day' then cast(date_trunc('day', t) as timestamp)
        else cast(month as timestamp)
    end;

-- How much of a signed difference is taken up by what could raise it, or by
-- what could lower it.
create or replace macro taken(difference, raising, lowering) as
    case
        when difference > 0 then least(difference, raising)
        when difference < 0 then -least(-difference, lowering)
        else 0
    end;

-- The part of one that another of opposite sign cancels, with the sign of one.
create or replace macro opposite(one, other) as
    case
        when one > 0 and other < 0 then least(one, -other)
        when one < 0 and other > 0 then -least(-one, other)
        else 0
    end;
