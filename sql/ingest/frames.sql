-- grain: one row per frame of the text spool
-- key: file_id, body_no
-- Whatever was not plainly a push: wrapped, dumped, logged, or no JSON at all.
select file_id, body_no, line, nullif(problem, '') as problem, context, body
from read_csv(
    getvariable('spool'),
    columns = {
        'file_id': 'integer', 'body_no': 'bigint', 'line': 'bigint',
        'problem': 'varchar', 'context': 'varchar', 'body': 'varchar'
    },
    delim = chr(1), quote = '', escape = '', header = false,
    auto_detect = false, strict_mode = false, nullstr = chr(2),
    max_line_size = getvariable('longest_line')
)
