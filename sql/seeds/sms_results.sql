-- grain: one row per sendResult of an SMS notice
-- key: send_result
-- Results 0 and 9 are charged (domain 3); that 9 is charged its splitNum is a
-- guess until a bill confirms it.
select send_result, is_charged, meaning_zh, meaning_en
from (
    values
        (0, true, '成功', 'sent'),
        (1, false, '账户被冻结', 'account frozen'),
        (2, false, '无绑定关系', 'no binding'),
        (3, false, 'X号码暂停', 'X number suspended'),
        (4, false, '应用未商用', 'app not commercial'),
        (5, false, '平台内部错误', 'platform internal error'),
        (8, false, '黑名单', 'blocklist'),
        (9, true, '部分成功', 'partly sent'),
        (10, false, '全部失败', 'all parts failed'),
        (11, false, 'X号码无短信能力', 'X number has no SMS'),
        (12, false, '内容缺约定关键字', 'agreed keyword missing'),
        (13, false, '含义未公布', 'meaning not published')
) as results (send_result, is_charged, meaning_zh, meaning_en)
