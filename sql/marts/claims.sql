-- grain: one row per claim and bill month in which it is open or changed
-- key: month, claim_id
-- stored: view
-- A claim goes on from month to month until the vendor's answer is entered; its
-- amount is what the figures say now.
with

months as (
    select month from matched.slots
    union
    select month from staging.claims
),

due as (
    select month, item, reason, sum(quantity) as quantity, sum(diff_cny - shown_cny) as claimed_cny, count(*) as slot_count
    from reasoned.reasons
    group by month, item, reason
)

select
    months.month,
    claims.claim_id,
    substr(cast(claims.month as varchar), 1, 7) as claim_month,
    claims.item,
    claims.reason,
    names.name_zh,
    names.name_en,
    claims.state,
    cast(coalesce(due.quantity, 0) as decimal(18, 2)) as quantity,
    cast(greatest(0, coalesce(due.claimed_cny, 0)) as decimal(18, 8)) as claimed_cny,
    claims.opened_cny,
    cast(coalesce(due.slot_count, 0) as bigint) as slot_count,
    claims.opened_at,
    claims.state_at,
    cast((date_part('year', months.month) - date_part('year', claims.month)) * 12
        + date_part('month', months.month) - date_part('month', claims.month) as bigint) as age_months,
    claims.note
from staging.claims as claims
inner join months
    on months.month >= claims.month
    and (claims.state = 'open' or months.month = claims.month or months.month <= month_of(claims.state_at))
inner join seeds.difference_reasons as names
    on claims.reason = names.reason
left join due
    on claims.month = due.month
    and claims.item = due.item
    and claims.reason = due.reason
