-- What is kept of the account's hours when a month is closed.
select month, hour_at, item, quantity, package_quantity, payable_quantity, list_charge_cny, charge_cny, residue_cny
from stated.hours
