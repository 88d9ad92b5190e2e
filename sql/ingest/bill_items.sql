-- grain: one row per row of the bill's item table given
-- key: line
-- Words of a cell must all occur, in any order; a bar parts alternatives.
select
    line,
    pattern,
    product,
    usage_type,
    unit,
    charging_mode,
    lower(item) as item,
    only_problems([
        case
            when item is null
                then 'item is empty; write call, sms_carrier, sms_virtual, rent_carrier, rent_virtual, package or none'
            when lower(item) not in ('call', 'sms_carrier', 'sms_virtual', 'rent_carrier', 'rent_virtual', 'package', 'none')
                then 'item ' || cell(item) || ' is unknown; write call, sms_carrier, sms_virtual, rent_carrier, rent_virtual, package or none'
        end,
        case when coalesce(pattern, product, usage_type, unit, charging_mode) is null
            then 'names nothing to look for; write words in pattern, product, usage_type, unit or charging_mode'
        end
    ]) as problems
from given
