-- grain: one row per copy on the other side of what is about to be pruned than its call
-- key: file_id, body_no, record_no
-- It goes with its call. Left behind it would be a call, charged again; taken
-- away from a call that stays, a conflict would be forgotten.
select copies.file_id, copies.body_no, copies.record_no, copies.month as old_month, calls.month
from identity.copies as copies
inner join identity.copies as calls
    on copies.call_id = calls.call_id
    and calls.role = 'call'
where (copies.month in (select month from pruning)) <> (calls.month in (select month from pruning))
