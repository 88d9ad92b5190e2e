-- grain: one row per SMS and kind of notice
-- key: month, app_key, message_id, notification_mode
-- A blocked and then forwarded message gives one Block and one Notify: the
-- mode is part of the identity, and only Notify is charged later.
with

ranked as (
    select
        staged.*,
        files.file,
        row_number() over (
            partition by staged.month, staged.app_key, staged.message_id, staged.notification_mode
            order by staged.send_result asc nulls last, staged.split_count desc nulls last,
                staged.sent_at desc nulls last, staged.x_number asc,
                staged.binding_id asc nulls last, files.file asc, staged.body_no asc
        ) as copy_no,
        count(*) over (
            partition by staged.month, staged.app_key, staged.message_id, staged.notification_mode
        ) as copy_count
    from staging.sms as staged
    inner join staging.files as files
        on staged.file_id = files.file_id
    where staged.month in (select month from raw.build_scope)
)

select
    app_key,
    message_id,
    notification_mode,
    x_number,
    binding_id,
    send_result,
    split_count,
    copy_count,
    file_id,
    line,
    month,
    sent_at
from ranked
where copy_no = 1
