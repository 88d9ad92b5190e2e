-- grain: one row per bill month and way that its records came by: app, X number and mode
-- key: month, route_no
-- The members as delivered, and the number they were given. A number stays as long as
-- the month is not made anew as a whole, or the calls of days long made would lose it.
create table if not exists raw.routes (
    month date,
    route_no integer,
    app_key varchar,
    x_packed bigint,
    x_other varchar,
    service_packed bigint,
    is_block boolean,
    service_other varchar
)
