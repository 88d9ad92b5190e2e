-- VoiceCall records may lie in the same archive; not one may be in a charge.
select rated.call_id, calls.outcome
from rated.calls as rated
inner join calls.calls as calls
    on rated.call_id = calls.call_id
where calls.outcome = 'other_product'
