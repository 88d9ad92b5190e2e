-- grain: one row per try to send a mail to a recipient
-- key: mail_key, recipient, try_no
-- Written before the try and completed after it. A row never completed tells
-- of a process that ended in between, so that nobody knows whether the server
-- took the mail; its outcome becomes unknown and the mail is sent again.
create table if not exists raw.deliveries (
    mail_key varchar,
    recipient varchar,
    try_no integer,
    tried_utc_at timestamp,
    ended_utc_at timestamp,
    outcome varchar,
    answer varchar
)
