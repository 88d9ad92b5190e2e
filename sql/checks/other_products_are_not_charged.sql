-- VoiceCall records may lie in the same archive; not one may be in a charge. The calls
-- of months not made anew are as they were when this was proved of them.
select call_id, month
from rated.calls
where call_id in (
    select call_id
    from calls.calls
    where outcome = outcome_word('other_product') and month in (select month from raw.build_scope)
)
