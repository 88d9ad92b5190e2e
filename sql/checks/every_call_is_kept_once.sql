-- The calls booked per file are exactly the calls there are, so no call is
-- kept twice and none is missing. Of pruned months only the books are left.
select booked.month, booked.call_count as booked_count, coalesce(kept.call_count, 0) as kept_count
from (select month, sum(call_count) as call_count from calls.duplicates group by month) as booked
left join (select month, count(*) as call_count from calls.calls group by month) as kept
    on booked.month = kept.month
where booked.call_count <> coalesce(kept.call_count, 0)
    and booked.month not in (select month from staging.pruned_months)
