-- grain: one row per bill month the running build makes anew
-- key: month
-- Models of the identity and calls layers read these months only, and so do the checks,
-- when the months that are only charged anew are in it too. All else is as it was when it
-- was proved.
create table if not exists raw.build_scope (
    month date
)
