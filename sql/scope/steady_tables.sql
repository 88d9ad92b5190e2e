-- grain: one row per group of raw tables that most nights leave as they are
-- key: name
-- Each with a print of all rows. A model whose header says that it changes with some of
-- them (-- changes with: bills) reads nothing else, and is made where one of them changed.
-- The lines of a bill, millions in a year, come with their file and never change: that of
-- the files, which has their hashes, holds for them.
with

prints as (
    select 'bills' as name, 1 as part, count(*) as row_count, sum(hash(bill_files)) as print from raw.bill_files as bill_files
    union all
    select 'bills', 2, count(*), sum(hash(bill_file_months)) from raw.bill_file_months as bill_file_months
    union all
    select 'bills', 3, count(*), 0 from raw.bill_lines
    union all
    select 'bills', 4, count(*), sum(hash(bill_products)) from raw.bill_products as bill_products
    union all
    select 'bills', 5, count(*), sum(hash(bill_items)) from raw.bill_items as bill_items
    union all
    select 'numbers', 1, count(*), sum(hash(numbers)) from raw.numbers as numbers
    union all
    select 'prices', 1, count(*), sum(hash(prices)) from raw.prices as prices
    union all
    select 'routes', 1, count(*), sum(hash(routes)) from raw.routes as routes
)

select
    name,
    string_agg(concat_ws(' ', row_count, coalesce(print, 0)), ' ' order by part) as print
from prints
group by name
