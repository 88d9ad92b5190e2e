-- grain: one row per hour to be split, item, price, app, X number, mode and split rule
-- key: month, hour_at, item, price_line, app_key, x_number, mode, split_rule
-- Only hours a package covers in part, or whose amount is cut, need it; in all
-- others every call pays the same. Inside an hour the vendor keeps no order:
-- proportional shares the package's minutes by minutes, first among the apps
-- and then among an app's numbers, largest remainder; first_come gives them to
-- the calls that ended first. Where packages do not matter the rule is any.
with

split_hours as (
    select
        row_number() over (order by month, hour_at, item, price_line) as hour_no,
        month, hour_at, item, price_line, net_price_cny, quantity, package_quantity, charge_cny,
        package_quantity > 0 as is_contested
    from settled.hours
    where state = 'split'
),

units as (
    select
        hours.hour_no,
        calls.app_key, calls.x_number, calls.number_kind, calls.mode,
        calls.billed_min as quantity, calls.settled_at, call_text(calls.call_id) as unit_id,
        hours.is_contested, hours.package_quantity as hour_package_quantity
    from split_hours as hours
    inner join metered.usage as usage
        on hours.month = usage.month
        and hours.hour_at = usage.hour_at
        and hours.item = usage.item
        and hours.price_line = usage.price_line
    inner join rated.calls as calls
        on usage.month = calls.month
        and usage.hour_at = calls.hour_at
        and usage.app_key = calls.app_key
        and usage.mode = calls.mode
        and usage.number_kind = calls.number_kind
    where hours.item = 'call' and calls.billed_min > 0
    union all
    select
        hours.hour_no,
        messages.app_key, messages.x_number, messages.number_kind, 'SMS',
        messages.billable_count, messages.settled_at, messages.message_id,
        hours.is_contested, hours.package_quantity
    from split_hours as hours
    inner join metered.usage as usage
        on hours.month = usage.month
        and hours.hour_at = usage.hour_at
        and hours.item = usage.item
        and hours.price_line = usage.price_line
    inner join rated.messages as messages
        on usage.month = messages.month
        and usage.hour_at = messages.hour_at
        and usage.item = messages.item
        and usage.app_key = messages.app_key
        and usage.number_kind = messages.number_kind
    where messages.billable_count > 0
    union all
    select
        hours.hour_no,
        rents.app_key, rents.x_number, rents.number_kind, 'RENT',
        1, rents.hour_at, rents.x_number,
        hours.is_contested, hours.package_quantity
    from split_hours as hours
    inner join metered.rents as rents
        on hours.month = rents.month
        and hours.hour_at = rents.hour_at
        and hours.item = rents.item
        and hours.price_line = rents.price_line
),

-- In the order calls ended, the package takes minutes until it is empty.
queued as (
    select
        *,
        sum(quantity) over (
            partition by hour_no
            order by settled_at, app_key, unit_id
            rows unbounded preceding
        ) as quantity_so_far
    from units
    where is_contested
),

first_come as (
    select
        hour_no, app_key, x_number, number_kind, mode,
        cast(sum(quantity) as bigint) as quantity,
        cast(sum(greatest(0, least(quantity, hour_package_quantity - (quantity_so_far - quantity)))) as bigint) as package_quantity
    from queued
    group by hour_no, app_key, x_number, number_kind, mode
),

app_quantities as (
    select hour_no, app_key, sum(quantity) as quantity
    from first_come
    group by hour_no, app_key
),

app_ranked as (
    select
        apps.*,
        hours.package_quantity as hour_package_quantity,
        whole_share(apps.quantity, hours.package_quantity, hours.quantity) as share,
        row_number() over (
            partition by apps.hour_no
            order by share_remainder(apps.quantity, hours.package_quantity, hours.quantity) desc, apps.app_key
        ) as rank_in_hour
    from app_quantities as apps
    inner join split_hours as hours
        on apps.hour_no = hours.hour_no
),

app_packages as (
    select
        hour_no, app_key, quantity,
        share + case
            when rank_in_hour <= hour_package_quantity - sum(share) over (partition by hour_no) then 1
            else 0
        end as package_quantity
    from app_ranked
),

part_ranked as (
    select
        parts.hour_no,
        parts.app_key, parts.x_number, parts.number_kind, parts.mode, parts.quantity,
        apps.package_quantity as app_package_quantity,
        whole_share(parts.quantity, apps.package_quantity, apps.quantity) as share,
        row_number() over (
            partition by parts.hour_no, parts.app_key
            order by share_remainder(parts.quantity, apps.package_quantity, apps.quantity) desc, parts.x_number, parts.mode
        ) as rank_in_app
    from first_come as parts
    inner join app_packages as apps
        on parts.hour_no = apps.hour_no
        and parts.app_key = apps.app_key
),

parts as (
    select
        'proportional' as split_rule,
        hour_no, app_key, x_number, number_kind, mode, quantity,
        share + case
            when rank_in_app <= app_package_quantity - sum(share) over (partition by hour_no, app_key) then 1
            else 0
        end as package_quantity
    from part_ranked
    union all
    select 'first_come', hour_no, app_key, x_number, number_kind, mode, quantity, package_quantity
    from first_come
    union all
    select 'any', hour_no, app_key, x_number, number_kind, mode, cast(sum(quantity) as bigint), 0
    from units
    where not is_contested
    group by hour_no, app_key, x_number, number_kind, mode
),

-- Money in fen: to the apps first, then to the parts of each.
exact as (
    select
        parts.*,
        cast((parts.quantity - parts.package_quantity) * hours.net_price_cny as decimal(18, 10)) as exact_cny
    from parts
    inner join split_hours as hours
        on parts.hour_no = hours.hour_no
),

valued as (
    select *, whole_fen(exact_cny) as fen, cast(exact_cny * 100 - whole_fen(exact_cny) as decimal(18, 8)) as rest_fen
    from exact
),

app_valued as (
    select
        apps.*,
        whole_fen(apps.exact_cny) as fen,
        whole_fen(hours.charge_cny) as hour_fen
    from (
        select split_rule, hour_no, app_key, sum(exact_cny) as exact_cny
        from exact
        group by split_rule, hour_no, app_key
    ) as apps
    inner join split_hours as hours
        on apps.hour_no = hours.hour_no
),

app_fen_ranked as (
    select
        *,
        row_number() over (
            partition by split_rule, hour_no
            order by exact_cny * 100 - fen desc, app_key
        ) as rank_in_hour
    from app_valued
),

app_fen as (
    select
        split_rule, hour_no, app_key,
        fen + case
            when rank_in_hour <= hour_fen - sum(fen) over (partition by split_rule, hour_no) then 1
            else 0
        end as fen
    from app_fen_ranked
),

part_fen_ranked as (
    select
        valued.*,
        app_fen.fen - sum(valued.fen) over (partition by valued.split_rule, valued.hour_no, valued.app_key) as fen_left,
        row_number() over (
            partition by valued.split_rule, valued.hour_no, valued.app_key
            order by valued.rest_fen desc, valued.x_number, valued.mode
        ) as rank_in_app
    from valued
    inner join app_fen
        on valued.split_rule = app_fen.split_rule
        and valued.hour_no = app_fen.hour_no
        and valued.app_key = app_fen.app_key
)

select
    hours.month,
    hours.hour_at,
    hours.item,
    hours.price_line,
    parts.app_key,
    parts.x_number,
    parts.number_kind,
    parts.mode,
    parts.split_rule,
    cast(parts.quantity as bigint) as quantity,
    cast(parts.package_quantity as bigint) as package_quantity,
    fen_to_cny(parts.fen + case when parts.rank_in_app <= parts.fen_left then 1 else 0 end) as charge_cny
from part_fen_ranked as parts
inner join split_hours as hours
    on parts.hour_no = hours.hour_no
