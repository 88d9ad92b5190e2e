-- grain: one row per row of the complaint table given
-- key: line
-- Whose number it is, is not asked here: a complaint about somebody else's is
-- kept and listed. Masked numbers occur in the vendor's mails.
select
    line,
    cast(typed_time(complaint_date) as date) as complaint_date,
    normal_number(x_number) as x_number,
    complained_party,
    type,
    source,
    note,
    only_problems([
        case when complaint_date is null then 'complaint_date is empty; write it like 2026-10-31' end,
        time_problem('complaint_date', complaint_date),
        case when not contains(coalesce(x_number, ''), '*') then x_number_problem(x_number) end
    ]) as problems
from given
