-- The calls booked per file and month are exactly the calls there are, so no call is
-- kept twice and none is missing, in the months made anew. Of pruned months only the
-- books are left.
select
    coalesce(booked.file_id, kept.file_id) as file_id,
    coalesce(booked.month, kept.month) as month,
    coalesce(booked.call_count, 0) as booked_count,
    coalesce(kept.call_count, 0) as kept_count
from (
    select file_id, month, call_count
    from calls.duplicates
    where month in (select month from raw.build_scope)
        and month not in (select month from staging.pruned_months)
) as booked
full join (
    select file_id, month, count(*) as call_count
    from calls.calls
    where month in (select month from raw.build_scope)
    group by file_id, month
) as kept
    on booked.file_id = kept.file_id
    and booked.month = kept.month
where coalesce(booked.call_count, 0) <> coalesce(kept.call_count, 0)
