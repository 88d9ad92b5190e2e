-- grain: one row per pair of months found to share a call or session
-- key: month, other_month
-- Versions of a call that disagree about its end can fall in two months; such
-- months are built together, or the call would count in both. Written by build.
create table if not exists raw.straddles (
    month date,
    other_month date
)
