-- grain: one row per change of a claim's state
-- key: claim_id, change_no
-- What became of a claim: accepted, rejected, withdrawn, or open again. The last
-- one holds; none is ever changed. Times are Beijing.
create table if not exists raw.claim_states (
    claim_id varchar not null,
    change_no integer not null,
    state varchar not null,
    state_at timestamp not null,
    note varchar
)
