-- grain: one row per pair of months that hold versions of one call
-- key: month, other_month
-- Of the records in versions: those of the calls of which something came since the last
-- build, or all that came more than once. Such months are built together, or the call
-- would count in both.
with

spread as (
    select call_id
    from versions
    group by call_id
    having min(month) <> max(month)
)

select distinct
    one.month,
    other.month as other_month
from spread
inner join versions as one
    on spread.call_id = one.call_id
inner join versions as other
    on spread.call_id = other.call_id
    and one.month <> other.month
