-- grain: one row per rule of alerts
-- key: rule
-- What an alert is called and what to do about it.
select rule, tone, title_zh, title_en, next_step_zh, next_step_en
from (values
    ('account_frozen', 'bad', '账户被冻结', 'Account frozen',
        '核对华为云账户欠费并充值；仍失败则提工单。', 'Check the account for arrears and top it up; if calls still fail, open a ticket.'),
    ('number_arrears', 'bad', '号码欠费停用', 'Numbers out of service for arrears',
        '充值后确认号码恢复；见“号码历史”。', 'Pay, then see that the numbers come back; see Number history.'),
    ('day_over_limit', 'warn', '单日超限', 'Day over the limit',
        '核对该应用当日的呼叫；必要时限频或停用。', 'Check the app''s calls of that day; slow it down or stop it if need be.'),
    ('day_unusual', 'warn', '单日用量异常', 'Unusual day',
        '与业务方核对当日活动；无活动则查是否被盗用。', 'Ask the owner of the app what happened; if nothing did, look for abuse.'),
    ('package_runs_out', 'warn', '套餐包将用完', 'Package running out',
        '在用完之前购买下一个套餐包；见“套餐建议”。', 'Buy the next package before it is empty; see Package advice.'),
    ('package_left', 'warn', '套餐包将作废', 'Package will lapse',
        '到期前把用量移到该账户，下次买小一些的套餐包；见“套餐建议”。', 'Move use to this account before it ends, and buy a smaller one next; see Package advice.'),
    ('complaint_rate', 'bad', '投诉率接近上限', 'Complaint rate near the limit',
        '停用被投诉号码上的外呼并整改；达到上限可能被封禁。', 'Stop outbound calls on the complained numbers; reaching the limit can get the service blocked.'),
    ('control_codes', 'warn', '管控或绑定类失败突增', 'More calls refused by controls or bindings',
        '按“挂机原因”表的下一步处理。', 'Follow the next step that Release codes gives for the code.'),
    ('records_missing', 'warn', '缺少话单的小时', 'Hours without records',
        '从接收端补齐推送；控制台只保留 31 天，见“缺失话单”。', 'Fetch the pushes again; the console forgets them after 31 days, see Missing records.'),
    ('records_stopped', 'bad', '话单中断', 'Records have stopped',
        '检查接收程序与归档任务。', 'Check the receiver and the job that archives.'),
    ('bill_overdue', 'warn', '账单未到', 'Bill overdue',
        '从控制台导出最终账单，放入 bill 目录。', 'Export the final bill from the console and put it where bill points.'),
    ('mail_overdue', 'warn', '邮件未发出', 'Mail overdue',
        '检查邮件服务器；xtally mail 显示原因并重发。', 'Check the mail server; xtally mail tells why and sends again.')
) as rules (rule, tone, title_zh, title_en, next_step_zh, next_step_en)
