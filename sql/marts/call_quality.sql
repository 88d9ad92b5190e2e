-- grain: one row per app and bill month
-- key: month, app_key
-- ASR = answered / calls; NER also counts calls that failed by the users' own
-- doing; ACD = mean duration of answered calls; PDD = call-in to ringing.
with

calls as (
    select
        calls.month,
        calls.app_key,
        calls.duration_s,
        calls.pdd_s,
        case when calls.outcome = 'answered' then 1 else 0 end as is_answered,
        case when calls.outcome = 'answered' or codes.owner_code in ('none', 'user') then 1 else 0 end as is_effective
    from calls.calls as calls
    left join seeds.release_codes as codes
        on calls.release_code = codes.release_code
    where calls.product = 'privatenumber'
),

summed as (
    select
        month,
        app_key,
        count(*) as call_count,
        sum(is_answered) as answered_count,
        sum(is_effective) as effective_count,
        sum(duration_s) as duration_s,
        sum(pdd_s) as pdd_s,
        count(pdd_s) as rung_count,
        count(case when duration_s < 10 then 1 end) as short_call_count,
        sum(case when duration_s > 0 then started_units(duration_s, 60) * 60 - duration_s else 0 end) as rounded_up_s
    from calls
    group by month, app_key
)

select
    month,
    app_key,
    cast(call_count as bigint) as call_count,
    cast(answered_count as bigint) as answered_count,
    percent(answered_count, call_count) as asr_pct,
    percent(effective_count, call_count) as ner_pct,
    mean(duration_s, answered_count) as acd_s,
    mean(pdd_s, rung_count) as pdd_s,
    cast(short_call_count as bigint) as short_call_count,
    percent(rounded_up_s, duration_s) as round_up_overhead_pct
from summed
