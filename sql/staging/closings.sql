-- grain: one row per closing of a bill month
-- key: closing_id
-- made by: month
-- A closing without reopened_at is in force.
select closing_id, month, closed_at, version, run_id, note, total_cny, reopened_at, reopen_reason
from raw.closings
