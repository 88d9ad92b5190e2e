-- grain: one row per bill month whose records were pruned
-- key: month
-- Only what was summed up of it is still there.
select month, pruned_at, record_count, event_count, message_count, status_count, other_call_count, axyb_call_count
from raw.pruned_months
