-- The bill's own rows of what is claimed: of the slots, and those that a reason
-- is about as such.
with

slots as (
    select reasons.month, reasons.item, reasons.slot_at, coalesce(matched.slot_grain, 'hour') as slot_grain
    from reasoned.reasons as reasons
    inner join staging.claims as claims
        on reasons.month = claims.month
        and reasons.item = claims.item
        and reasons.reason = claims.reason
    left join matched.slots as matched
        on reasons.month = matched.month
        and reasons.item = matched.item
        and reasons.slot_at = matched.slot_at
    where reasons.month = cast($1 as date) and claims.state = 'open' and reasons.diff_cny <> reasons.shown_cny
    group by reasons.month, reasons.item, reasons.slot_at, matched.slot_grain
)

select
    files.file, lines.line, lines.line_status, lines.item, lines.row_class, lines.product_name, lines.usage_type, lines.usage_unit,
    lines.trade_id, lines.bill_type, lines.resource_id, lines.usage_start_at, lines.usage_end_at,
    lines.unit_price_cny, lines.quantity, lines.package_quantity, lines.official_cny, lines.discount_cny, lines.erased_cny, lines.amount_cny
from settled.bill_lines as lines
inner join slots
    on lines.month = slots.month
    and lines.item = slots.item
    and slots.slot_at = slot_of(slots.slot_grain, lines.month, coalesce(lines.usage_start_at, cast(lines.month as timestamp)))
inner join staging.bill_files as files
    on lines.file_id = files.file_id
where lines.line_status in ('in force', 'duplicate')
order by files.file, lines.file_id, lines.line
