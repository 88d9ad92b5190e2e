-- grain: one row per month before that of variable prune_before, not pruned yet
-- key: month
-- A month that has charges must be closed; an open claim wants its calls for proof,
-- and alerts and the repeats still to come want the two latest months.
select
    month,
    month in (select month from marts.charges_by_app)
    and month not in (select month from raw.closings where reopened_at is null) as is_open,
    month in (select month from staging.claims where state = 'open') as is_claimed,
    month > (select max(month) from rated.months) - interval 2 month as is_recent
from rated.months
where month < getvariable('prune_before') and month not in (select month from raw.pruned_months)
