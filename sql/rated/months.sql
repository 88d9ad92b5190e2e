-- grain: one row per bill month that can have charges
-- key: month
-- The account's months, and where calls settle by their answer, that of one which
-- ended in the next.
select month
from staging.account_months
union
select settled_month as month
from calls.calls
where month > undated() and outcome <> outcome_word('other_product')
group by settled_month
