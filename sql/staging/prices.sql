-- grain: one row per item, number kind, app, mode and period, with the price that holds
-- key: item, number_kind, app_key, mode, valid_from_at
-- changes with: prices
-- The most specific row wins: a row of the table given over a list price, then
-- one that names the app, the mode, the number kind. Apps and modes that no
-- row names stand under empty text. Periods are half open, Beijing time.
with

price_rows as (
    select 0 as line, item, number_kind, app_key, mode, valid_from_at, valid_to_at, price_cny, 1.0 as discount
    from seeds.prices
    union all
    select
        line, item, number_kind, app_key, mode,
        coalesce(valid_from_at, timestamp '1970-01-01') as valid_from_at,
        coalesce(valid_to_at, timestamp '2100-01-01') as valid_to_at,
        price_cny, discount
    from raw.prices
),

bounds as (
    select valid_from_at as bound_at from price_rows
    union
    select valid_to_at from price_rows
),

periods as (
    select bound_at as valid_from_at, lead(bound_at) over (order by bound_at) as valid_to_at
    from bounds
),

cells as (
    select items.item, kinds.number_kind, apps.app_key, modes.mode, periods.valid_from_at, periods.valid_to_at
    from (select distinct item from price_rows) as items
    cross join (values ('carrier'), ('virtual')) as kinds (number_kind)
    cross join (select distinct app_key from price_rows) as apps
    cross join (select distinct mode from price_rows) as modes
    cross join periods
    where periods.valid_to_at is not null
),

ranked as (
    select
        cells.*,
        price_rows.line as price_line,
        price_rows.price_cny,
        price_rows.discount,
        row_number() over (
            partition by cells.item, cells.number_kind, cells.app_key, cells.mode, cells.valid_from_at
            order by
                (price_rows.line > 0) desc, (price_rows.app_key <> '') desc, (price_rows.mode <> '') desc,
                (price_rows.number_kind <> '') desc, price_rows.line
        ) as rank_in_cell
    from cells
    inner join price_rows
        on cells.item = price_rows.item
        and price_rows.number_kind in ('', cells.number_kind)
        and price_rows.app_key in ('', cells.app_key)
        and price_rows.mode in ('', cells.mode)
        and price_rows.valid_from_at <= cells.valid_from_at
        and price_rows.valid_to_at >= cells.valid_to_at
)

select
    item,
    number_kind,
    app_key,
    mode,
    price_line,
    cast(price_cny as decimal(12, 6)) as price_cny,
    cast(discount as decimal(5, 4)) as discount,
    cast(cast(price_cny as decimal(12, 6)) * cast(discount as decimal(5, 4)) as decimal(18, 10)) as net_price_cny,
    valid_from_at,
    valid_to_at
from ranked
where rank_in_cell = 1
