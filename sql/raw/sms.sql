-- grain: one row per SMS notice, Notify or Block
-- key: file_id, body_no
-- The text of a message is not taken over.
create table if not exists raw.sms (
    file_id integer,
    body_no bigint,
    line bigint,
    month date,
    app_key varchar,
    sms_identifier varchar,
    notification_mode varchar,
    calling varchar,
    called varchar,
    virtual_number varchar,
    event varchar,
    time_stamp varchar,
    subscription_id varchar,
    send_result varchar,
    split_num varchar,
    direction varchar
)
