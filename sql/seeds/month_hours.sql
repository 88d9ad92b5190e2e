-- grain: one row per hour of the longest month
-- key: hour_no
-- Hours in which nothing came are hours too.
select cast(range as integer) as hour_no from range(0, 744)
