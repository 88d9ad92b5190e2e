-- grain: one row per bill month the running build makes anew
-- key: month
-- Models of the identity and calls layers read these months only.
create table if not exists raw.build_scope (
    month date
)
