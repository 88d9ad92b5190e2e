-- grain: one row per item, reason and bill month
-- key: month, item, reason
-- only with: bills
-- Exclusive reasons that add up to the difference. What has none comes first.
select
    reasons.month,
    reasons.item,
    reasons.reason,
    names.name_zh,
    names.name_en,
    cast(sum(reasons.quantity) as decimal(18, 2)) as quantity,
    cast(sum(reasons.diff_cny) as decimal(18, 8)) as diff_cny,
    count(*) as slot_count,
    min(reasons.slot_at) as first_slot_at,
    max(reasons.slot_at) as last_slot_at,
    names.detail_zh,
    names.detail_en,
    names.place
from reasoned.reasons as reasons
inner join seeds.difference_reasons as names
    on reasons.reason = names.reason
group by reasons.month, reasons.item, reasons.reason, names.name_zh, names.name_en, names.detail_zh, names.detail_en, names.place
