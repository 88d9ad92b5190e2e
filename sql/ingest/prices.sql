-- grain: one row per row of the price table given
-- key: line
-- Rows with the same item, kind, app and mode are one chain of prices. They must
-- neither overlap nor leave a gap: a gap would silently charge the list price.
with

typed as (
    select
        line,
        typed_item(item) as item,
        case when typed_filter(number_kind) = '' then '' else typed_number_kind(number_kind) end as number_kind,
        typed_filter(app_key) as app_key,
        upper(typed_filter(mode)) as mode,
        coalesce(typed_time(valid_from), case when valid_from is null then timestamp '2000-01-01' end) as valid_from_at,
        typed_time(valid_to) as valid_to_at,
        try_cast(plain_decimal(price_cny) as decimal(12, 6)) as price_cny,
        typed_discount(discount) as discount,
        only_problems([
            case
                when item is null then 'item is empty; write call, sms or rent'
                when typed_item(item) is null then 'item ' || cell(item) || ' is unknown; write call, sms or rent'
            end,
            case when typed_filter(number_kind) <> '' and typed_number_kind(number_kind) is null
                then 'number_kind ' || cell(number_kind) || ' is unknown; write carrier or virtual, or leave it empty for both'
            end,
            case
                when typed_filter(mode) = '' then null
                when upper(mode) not in ('AXB', 'AX', 'AXE', 'AXYB', 'X')
                    then 'mode ' || cell(mode) || ' is unknown; write AXB, AX, AXE, AXYB or X, or leave it empty for all'
                when typed_item(item) <> 'call'
                    then 'mode ' || cell(mode) || ' cannot be: only calls have a mode; leave it empty'
            end,
            time_problem('valid_from', valid_from),
            time_problem('valid_to', valid_to),
            case when typed_time(valid_to) <= coalesce(typed_time(valid_from), timestamp '2000-01-01')
                then 'valid_to ' || cell(valid_to) || ' is not after valid_from; the price holds from valid_from until just before valid_to'
            end,
            amount_problem('price_cny', price_cny, 6, '0.06'),
            case when typed_discount(discount) is null
                then 'discount ' || cell(discount) || ' is none of 0 to 1 with at most 4 decimals; write it like 0.85, 85% or 8.5折'
            end
        ]) as problems
    from given
),

-- Only whole rows can be put in a row.
chained as (
    select
        line,
        valid_from_at,
        max(coalesce(valid_to_at, timestamp '9999-12-31')) over earlier as held_until_at,
        arg_max(line, coalesce(valid_to_at, timestamp '9999-12-31')) over earlier as held_by_line
    from typed
    where len(problems) = 0
    window earlier as (
        partition by item, number_kind, app_key, mode
        order by valid_from_at, line
        rows between unbounded preceding and 1 preceding
    )
),

chain_problems as (
    select
        line,
        case
            when held_until_at > valid_from_at then
                'overlaps line ' || held_by_line || ' of the same item, kind, app and mode from ' || strftime(valid_from_at, '%Y-%m-%d %H:%M:%S')
                || '; end one where the other begins'
            when held_until_at < valid_from_at and not exists (select 1 from typed where len(typed.problems) > 0) then
                'leaves a gap behind line ' || held_by_line || ' from ' || strftime(held_until_at, '%Y-%m-%d %H:%M:%S')
                || ' to ' || strftime(valid_from_at, '%Y-%m-%d %H:%M:%S') || '; valid_to is the moment a price ends: write the next valid_from'
        end as problem
    from chained
)

select
    typed.line,
    typed.item,
    typed.number_kind,
    typed.app_key,
    typed.mode,
    typed.valid_from_at,
    typed.valid_to_at,
    typed.price_cny,
    typed.discount,
    only_problems(list_append(typed.problems, chain_problems.problem)) as problems
from typed
left join chain_problems
    on typed.line = chain_problems.line
