-- grain: one row per pair of months that hold versions of one call
-- key: month, other_month
-- Both directions: records loaded since the last build against months that
-- would not be built. Months built together are linked in calls.straddles.
with

pairs as (
    select distinct fresh.month, earlier.month as other_month
    from raw.fee_records as fresh
    inner join raw.fee_records as earlier
        on fresh.call_id = earlier.call_id
        and fresh.month <> earlier.month
    where fresh.file_id > getvariable('built_to_file')
        and earlier.month not in (select month from raw.months_to_build)
)

select month, other_month from pairs
union
select other_month, month from pairs
