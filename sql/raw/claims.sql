-- grain: one row per claim against the vendor's bill
-- key: claim_id
-- Opened by the build that first finds it in a final bill, and never taken back:
-- the id is made of month, item and reason, so it stays when figures change.
create table if not exists raw.claims (
    claim_id varchar not null,
    month date not null,
    item varchar not null,
    reason varchar not null,
    opened_at timestamp not null,
    opened_cny decimal(18, 8) not null
)
