-- grain: one row per privacy-number call
-- key: call_id
-- made by: month
-- stored: view
-- proved by: rated.calls
-- For pivots and disputes, on request only. Within an hour, app, X number and
-- mode the share of the packages goes to the calls in the order they ended: by
-- minutes, or with first_come until it is empty. The share of the charge follows
-- the minutes left to pay, so that the calls add up to both. Numbers of people
-- come straight from raw and are masked by the report unless asked for.
with

shares as (
    select
        month, hour_at, app_key, x_number, mode, price_line,
        sum(quantity) as quantity, sum(package_quantity) as package_quantity, sum(charge_cny) as charge_cny
    from allocated.shares as shares
    cross join staging.settings as settings
    where shares.item = 'call' and shares.split_rule in ('any', settings.split_rule)
    group by month, hour_at, app_key, x_number, mode, price_line
),

charged as (
    select
        calls.call_id, calls.month, calls.app_key, calls.x_number, calls.mode, calls.duration_s, calls.billed_min, calls.hour_at,
        usage.price_cny, usage.net_price_cny, hours.state,
        settings.split_rule,
        shares.quantity as share_quantity, shares.package_quantity as share_package_quantity, shares.charge_cny as share_charge_cny,
        sum(calls.billed_min) over (
            partition by calls.month, calls.hour_at, calls.app_key, calls.x_number, calls.mode
            order by calls.settled_at, calls.call_id
            rows unbounded preceding
        ) as min_so_far
    from rated.calls as calls
    cross join staging.settings as settings
    inner join metered.usage as usage
        on calls.month = usage.month
        and calls.hour_at = usage.hour_at
        and usage.item = 'call'
        and calls.app_key = usage.app_key
        and calls.mode = usage.mode
        and calls.number_kind = usage.number_kind
    inner join settled.hours as hours
        on usage.month = hours.month
        and usage.hour_at = hours.hour_at
        and usage.item = hours.item
        and usage.price_line = hours.price_line
    left join shares
        on hours.state = 'split'
        and calls.month = shares.month
        and calls.hour_at = shares.hour_at
        and calls.app_key = shares.app_key
        and calls.x_number = shares.x_number
        and calls.mode = shares.mode
        and usage.price_line = shares.price_line
),

drawn as (
    select
        *,
        case
            when state = 'package' then billed_min
            when state = 'paid' or share_quantity is null then 0
            when split_rule = 'first_come'
                then greatest(0, least(billed_min, share_package_quantity - (min_so_far - billed_min)))
            else whole_share(min_so_far, share_package_quantity, share_quantity)
                - whole_share(min_so_far - billed_min, share_package_quantity, share_quantity)
        end as package_min
    from charged
),

payable as (
    select
        *,
        billed_min - package_min as payable_min,
        share_quantity - share_package_quantity as share_payable,
        sum(billed_min - package_min) over (
            partition by month, hour_at, app_key, x_number, mode
            order by min_so_far, call_id
            rows unbounded preceding
        ) as payable_so_far
    from drawn
),

split as (
    select
        *,
        case
            when state = 'paid' then billed_min * net_price_cny
            when state = 'package' or share_quantity is null then 0
            else fen_to_cny(
                whole_share(payable_so_far, whole_fen(share_charge_cny), share_payable)
                - whole_share(payable_so_far - payable_min, whole_fen(share_charge_cny), share_payable))
        end as call_charge_cny
    from payable
)

select
    call_text(split.call_id) as call_id,
    split.month,
    split.app_key,
    split.x_number,
    split.mode,
    records.binding_id,
    records.session_id,
    number_in(records.caller_packed, records.other_numbers, 'callerNum') as caller_number,
    number_in(records.callee_packed, records.other_numbers, 'fwdDstNum') as callee_number,
    records.started_at,
    records.answered_at,
    records.ended_at,
    split.duration_s,
    split.billed_min,
    cast(split.package_min as bigint) as package_min,
    cast(split.billed_min * split.price_cny as decimal(18, 6)) as list_charge_cny,
    cast(split.call_charge_cny as decimal(18, 2)) as call_charge_cny,
    records.release_code,
    cast(calls.outcome as varchar) as outcome,
    files.file,
    records.line
from split
inner join calls.calls as calls
    on split.call_id = calls.call_id
inner join staging.fee_records as records
    on calls.file_id = records.file_id
    and calls.body_no = records.body_no
    and calls.record_no = records.record_no
inner join staging.files as files
    on calls.file_id = files.file_id
