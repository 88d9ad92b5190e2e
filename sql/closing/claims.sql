-- Claims that final bills give rise to and that are not open yet: more on the
-- bill than can be shown here, for a reason the vendor is to answer.
select
    strftime(reasons.month, '%Y-%m') || '.' || reasons.item || '.' || reasons.reason as claim_id,
    reasons.month,
    reasons.item,
    reasons.reason,
    cast(sum(reasons.diff_cny - reasons.shown_cny) as decimal(18, 8)) as opened_cny
from reasoned.reasons as reasons
inner join seeds.difference_reasons as names
    on reasons.reason = names.reason
where names.is_claim
    and reasons.month not in (
        select files.month
        from allocated.bill_usage as files
        where files.is_in_force and not files.is_final
    )
    and strftime(reasons.month, '%Y-%m') || '.' || reasons.item || '.' || reasons.reason not in (select claim_id from raw.claims)
group by reasons.month, reasons.item, reasons.reason
having sum(reasons.diff_cny - reasons.shown_cny) > 0
