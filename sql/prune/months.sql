-- grain: one row per month before that of variable prune_before, not pruned yet
-- key: month
-- A month that has charges must be closed; the two latest months are wanted by
-- alerts, and by the repeats that are still to come.
select
    month,
    month in (select month from marts.charges_by_app)
    and month not in (select month from raw.closings where reopened_at is null) as is_open,
    month > (select max(month) from rated.months) - interval 2 month as is_recent
from rated.months
where month < getvariable('prune_before') and month not in (select month from raw.pruned_months)
