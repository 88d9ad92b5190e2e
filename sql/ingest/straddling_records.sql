-- grain: one row per pair of months that hold versions of one call
-- key: month, other_month
-- Both directions, among the files loaded since the last build.
with

pairs as (
    select distinct fresh.month, earlier.month as other_month
    from raw.fee_records as fresh
    inner join raw.fee_records as earlier
        on fresh.call_id = earlier.call_id
        and fresh.month <> earlier.month
    where fresh.file_id > getvariable('built_to_file')
)

select month, other_month from pairs
union
select other_month, month from pairs
