-- grain: one row per pair of months that hold versions of one call
-- key: month, other_month
-- Such months are built together, or the call would count in both.
select distinct
    one.month,
    other.month as other_month
from identity.copies as one
inner join identity.copies as other
    on one.call_id = other.call_id
    and one.month <> other.month
