-- grain: one row per file of the vendor's bill
-- key: file_id
-- changes with: bills
-- What a file covers is in its name when it is the vendor's own: a day
-- (_20261001), a range (_20261001-20261031) or a month (_202610), and a part
-- number behind it. The vendor issues the final files on the 3rd of the next
-- month; those of a day are provisional, and so is whatever does not say.
with

named as (
    select
        *,
        regexp_extract(source, '[^/\\]+$') as base
    from raw.bill_files
),

parts as (
    select
        *,
        regexp_extract(base, '([0-9]{8})-([0-9]{8})', 1) as range_from,
        regexp_extract(base, '([0-9]{8})-([0-9]{8})', 2) as range_to,
        regexp_extract(base, '_([0-9]{8})(_[0-9]{1,4})?\.[A-Za-z]+$', 1) as day,
        regexp_extract(base, '_([0-9]{6})(_[0-9]{1,4})?\.[A-Za-z]+$', 1) as month_digits,
        coalesce(try_cast(regexp_extract(base, '[0-9]{6,8}_([0-9]{1,4})\.[A-Za-z]+$', 1) as integer), 1) as part_no,
        regexp_extract(base, '(PriceFactorBillDetail|SettleBillDetail|InstanceBillMonth|ItemProductBillOverview|Spendings\([^)]*\))') as vendor_name,
        regexp_extract_all(source, '(?:^|[/\\])(20[0-9]{2}-?[0-1][0-9]-?[0-3][0-9])[/\\]', 1) as folder_dates
    from named
),

dated as (
    select
        *,
        coalesce(
            try_cast(try_strptime(range_from, '%Y%m%d') as date),
            try_cast(try_strptime(day, '%Y%m%d') as date),
            try_cast(try_strptime(month_digits || '01', '%Y%m%d') as date)
        ) as covers_from_date,
        coalesce(
            try_cast(try_strptime(range_to, '%Y%m%d') as date),
            try_cast(try_strptime(day, '%Y%m%d') as date),
            last_day(try_cast(try_strptime(month_digits || '01', '%Y%m%d') as date))
        ) as covers_to_date,
        try_cast(try_strptime(replace(list_extract(folder_dates, -1), '-', ''), '%Y%m%d') as date) as folder_date
    from parts
),

scoped as (
    select
        *,
        case
            when covers_from_date is null then 'unnamed'
            when day <> '' and range_from = '' then 'day'
            when covers_from_date = month_of(covers_from_date) and covers_to_date = last_day(covers_to_date) then 'month'
            else 'range'
        end as scope,
        case when folder_date >= covers_to_date then folder_date end as issued_date
    from dated
)

select
    file_id,
    file,
    source,
    sha256,
    bytes,
    kind,
    coalesce(nullif(lower(vendor_name), ''), lower(base)) as series,
    part_no,
    scope,
    covers_from_date,
    covers_to_date,
    issued_date,
    case
        when scope <> 'month' then false
        -- The resource bill of a month is issued anew every day under one name.
        when kind = 'resource' then coalesce(issued_date >= covers_to_date + 3, false)
        else true
    end as is_final,
    account,
    row_count,
    private_number_row_count,
    other_row_count,
    other_products,
    status,
    loaded_at
from scoped
