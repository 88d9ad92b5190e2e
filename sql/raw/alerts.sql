-- grain: one row per thing noted of an alert
-- key: alert_key, change_no
-- Only ever added to: opened, seen (on a later day, or when its figures
-- changed), told (in a mail), resolved. The key is made of the rule and what it
-- is about, so the same thing is the same alert. Times are Beijing.
create table if not exists raw.alerts (
    alert_key varchar not null,
    change_no integer not null,
    state varchar not null,
    noted_at timestamp not null,
    rule varchar not null,
    subject varchar not null,
    month date not null,
    since_at timestamp,
    cost_cny decimal(18, 2),
    detail_zh varchar,
    detail_en varchar
)
