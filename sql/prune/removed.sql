-- grain: one row per month about to be pruned
-- key: month
-- What is removed of it, once what belongs to later calls has moved; and what
-- reports tell of its single calls.
with

counted as (
    select month, count(*) as record_count, 0 as event_count, 0 as message_count, 0 as status_count from raw.fee_records group by month
    union all
    select month, 0, count(*), 0, 0 from raw.events group by month
    union all
    select month, 0, 0, count(*), 0 from raw.sms group by month
    union all
    select month, 0, 0, 0, count(*) from raw.number_status group by month
),

totals as (
    select
        month,
        sum(record_count) as record_count, sum(event_count) as event_count,
        sum(message_count) as message_count, sum(status_count) as status_count
    from counted
    group by month
),

single_calls as (
    select
        calls.month,
        count(case when calls.outcome = outcome_word('other_product') then 1 end) as other_call_count,
        count(case when routes.mode = 'AXYB' then 1 end) as axyb_call_count
    from calls.calls as calls
    inner join identity.routes as routes
        on calls.month = routes.month
        and calls.route_no = routes.route_no
    group by calls.month
)

select
    pruning.month,
    cast(coalesce(totals.record_count, 0) as bigint) as record_count,
    cast(coalesce(totals.event_count, 0) as bigint) as event_count,
    cast(coalesce(totals.message_count, 0) as bigint) as message_count,
    cast(coalesce(totals.status_count, 0) as bigint) as status_count,
    coalesce(single_calls.other_call_count, 0) as other_call_count,
    coalesce(single_calls.axyb_call_count, 0) as axyb_call_count
from pruning
left join totals
    on pruning.month = totals.month
left join single_calls
    on pruning.month = single_calls.month
