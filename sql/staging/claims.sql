-- grain: one row per claim against the vendor's bill, with its state
-- key: claim_id
-- made by: month
select
    claims.claim_id,
    claims.month,
    claims.item,
    claims.reason,
    claims.opened_at,
    claims.opened_cny,
    coalesce(states.state, 'open') as state,
    coalesce(states.state_at, claims.opened_at) as state_at,
    coalesce(states.note, '') as note
from raw.claims as claims
left join (
    select * from raw.claim_states
    qualify row_number() over (partition by claim_id order by change_no desc) = 1
) as states
    on claims.claim_id = states.claim_id
