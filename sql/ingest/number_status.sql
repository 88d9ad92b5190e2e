-- grain: one row per number in a status notice in the spool
-- key: file_id, body_no, notice_no
-- Time and app come from the wrapping: "#t" and "#a" of the spool.
select
    "#f" as file_id,
    "#n" as body_no,
    notice_no,
    "#l" as line,
    coalesce(month_of(parse_received_at("#t")), undated()) as month,
    s."number" as number,
    s."status" as status,
    s."cause" as cause,
    "#t" as received_time,
    "#a" as header_app_key
from (
    select
        "#f", "#n", "#l", "#t", "#a",
        unnest("numInfo") as s,
        generate_subscripts("numInfo", 1) as notice_no
    from read_json(
        getvariable('spool'),
        format = 'newline_delimited',
        ignore_errors = true,
        columns = {
            '#f': 'integer',
            '#n': 'bigint',
            '#l': 'bigint',
            '#t': 'varchar',
            '#a': 'varchar',
            'numInfo': 'struct("number" varchar, "status" varchar, "cause" varchar)[]'
        }
    )
) as spool
