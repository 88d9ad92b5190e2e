-- grain: one row per day of the console's statistics
-- key: date
-- made by: month
-- The vendor's own count, a control that depends on no callback.
select date, call_count, answered_count, duration_s, month_of(date) as month
from raw.vendor_stats
