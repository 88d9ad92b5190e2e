-- grain: one row per bill month whose records were pruned
-- key: month
-- Its figures stay as the last build before left them; nothing makes them anew.
-- The counts say what was removed, and what reports tell of single calls. Beijing time.
create table if not exists raw.pruned_months (
    month date not null,
    pruned_at timestamp not null,
    record_count bigint not null,
    event_count bigint not null,
    message_count bigint not null,
    status_count bigint not null,
    other_call_count bigint not null,
    axyb_call_count bigint not null
)
