-- grain: one row per bill month that can have charges
-- key: month
-- stored: whole
-- The account's months, and where calls settle by their answer, that of one which
-- ended in the next.
select month
from staging.account_months
union
select settled_month(settings.settle_by, calls.answered_at, calls.month) as month
from calls.calls as calls
cross join staging.settings as settings
where calls.month > undated() and calls.outcome <> 'other_product'
group by settled_month(settings.settle_by, calls.answered_at, calls.month)
