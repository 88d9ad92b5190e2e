-- grain: one row per mail that waits for at least one recipient
-- key: mail_key
-- content is the whole mail as JSON, workbook included; it is deleted when
-- nobody waits for it any more. mail_key is the hash of what the mail says.
create table if not exists raw.mails (
    mail_key varchar,
    content varchar
)
