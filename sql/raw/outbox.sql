-- grain: one row per mail and recipient
-- key: mail_key, recipient
-- A mail that is here goes to this recipient no second time: a run that says
-- the same again adds nothing. Written before anything is sent.
create table if not exists raw.outbox (
    mail_key varchar,
    recipient varchar,
    subject varchar,
    job varchar,
    month varchar,
    status varchar,
    try_count integer,
    posted_utc_at timestamp,
    sent_utc_at timestamp,
    last_error varchar
)
