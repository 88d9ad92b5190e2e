-- grain: one row per app and bill month
-- key: month, app_key
-- ASR = answered / calls; NER also counts calls that failed by the users' own
-- doing; ACD = mean duration of answered calls; PDD = call-in to ringing.
with

by_code as (
    select
        month,
        app_key,
        outcome,
        release_code,
        count(*) as call_count,
        sum(duration_s) as duration_s,
        sum(pdd_s) as pdd_s,
        count(pdd_s) as rung_count,
        count(case when duration_s < 10 then 1 end) as short_call_count,
        sum(started_units(duration_s, 60) * 60 - duration_s) as rounded_up_s
    from calls.calls
    where outcome <> 'other_product'
    group by month, app_key, outcome, release_code
),

summed as (
    select
        by_code.month,
        by_code.app_key,
        sum(by_code.call_count) as call_count,
        sum(case when by_code.outcome = 'answered' then by_code.call_count else 0 end) as answered_count,
        sum(case
            when by_code.outcome = 'answered' or codes.owner_code in ('none', 'user') then by_code.call_count
            else 0
        end) as effective_count,
        sum(by_code.duration_s) as duration_s,
        sum(by_code.pdd_s) as pdd_s,
        sum(by_code.rung_count) as rung_count,
        sum(by_code.short_call_count) as short_call_count,
        sum(by_code.rounded_up_s) as rounded_up_s
    from by_code
    left join seeds.release_codes as codes
        on by_code.release_code = codes.release_code
    group by by_code.month, by_code.app_key
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
