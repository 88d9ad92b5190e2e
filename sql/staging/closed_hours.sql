-- grain: one row per closing, settlement hour of the account and item
-- key: closing_id, hour_at, item
-- made by: month
-- The account's hours as the month was closed.
select closing_id, month, hour_at, item, quantity, package_quantity, payable_quantity, list_charge_cny, charge_cny, residue_cny
from raw.closed_hours
