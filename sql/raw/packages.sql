-- grain: one row per package bought
-- key: package_id
-- Replaced whole when a table is given. starts_at and ends_at are Beijing
-- wall clock, half open, and already follow the rule of the next full hour.
create table if not exists raw.packages (
    line integer,
    package_id varchar,
    minutes bigint,
    messages bigint,
    price_cny decimal(18, 2),
    bought_at timestamp,
    starts_at timestamp,
    ends_at timestamp
)
