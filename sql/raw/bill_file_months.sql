-- grain: one row per file of the vendor's bill and bill month in it
-- key: file_id, month
-- Which months a file speaks of, and until when it knows: a later issue of the
-- same bill knows later deductions.
create table if not exists raw.bill_file_months (
    file_id integer not null,
    month date not null,
    line_count bigint not null,
    first_at timestamp,
    last_at timestamp
)
