-- grain: one row per number in a status notice, typed
-- key: file_id, body_no, notice_no
-- made by: file
-- The time is the receiver's; empty when the archive did not keep it.
select
    file_id,
    body_no,
    notice_no,
    line,
    month,
    normal_number(number) as x_number,
    try_cast(status as integer) as status_code,
    try_cast(cause as integer) as cause_code,
    nullif(header_app_key, '') as app_key,
    parse_received_at(received_time) as received_at
from raw.number_status
