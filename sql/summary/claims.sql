-- Every claim with what it comes to now, open ones first.
select
    claims.claim_id,
    strftime(claims.month, '%Y-%m') as month,
    claims.item,
    claims.reason,
    claims.state,
    strftime(claims.state_at, '%Y-%m-%d %H:%M:%S') as state_at,
    strftime(claims.opened_at, '%Y-%m-%d %H:%M:%S') as opened_at,
    trim_zeros(claims.opened_cny) as opened_cny,
    trim_zeros(cast(greatest(0, coalesce(due.claimed_cny, 0)) as decimal(18, 8))) as claimed_cny,
    claims.note
from staging.claims as claims
left join (
    select month, item, reason, sum(diff_cny - shown_cny) as claimed_cny
    from reasoned.reasons
    group by month, item, reason
) as due
    on claims.month = due.month
    and claims.item = due.item
    and claims.reason = due.reason
where $1 is not null
order by claims.state <> 'open', claims.claim_id
