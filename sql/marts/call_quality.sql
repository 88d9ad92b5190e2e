-- grain: one row per app and bill month
-- key: month, app_key
-- stored: view
-- ASR = answered / calls; NER also counts calls that failed by the users' own
-- doing; ACD = mean duration of answered calls; PDD = call-in to ringing.
with

summed as (
    select
        counts.month,
        counts.app_key,
        sum(counts.call_count) as call_count,
        sum(case when counts.outcome = 'answered' then counts.call_count else 0 end) as answered_count,
        sum(case
            when counts.outcome = 'answered' or codes.owner_code in ('none', 'user') then counts.call_count
            else 0
        end) as effective_count,
        sum(counts.duration_s) as duration_s,
        sum(counts.pdd_s) as pdd_s,
        sum(counts.rung_count) as rung_count,
        sum(counts.short_call_count) as short_call_count,
        sum(counts.rounded_up_s) as rounded_up_s
    from rated.outcome_counts as counts
    left join seeds.release_codes as codes
        on counts.release_code = cast(codes.release_code as varchar)
    where counts.outcome <> 'other_product'
    group by counts.month, counts.app_key
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
