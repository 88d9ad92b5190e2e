-- grain: one row per rule that tells an item from the names in a bill
-- key: rule_no
-- The first rule that fits decides. Words of a cell must all occur in the names,
-- a bar parts alternatives. These are guesses from the price page's words, since
-- the bill's own names are not documented; a table given with --bill-items wins.
-- Virtual stands before carrier: 虚拟运营商 holds the word 运营商.
select
    rule_no,
    pattern,
    charging_mode,
    unit,
    item
from (
    values
        (1, '套餐|资源包|package|bundle', '', '', 'package'),
        (2, '短信 虚拟|短信 虚号|短信 虚商|sms virtual|message virtual', '', '', 'sms_virtual'),
        (3, '短信 运营商|短信 实号|sms carrier|message carrier', '', '', 'sms_carrier'),
        (4, '租 虚拟|租 虚号|租 虚商|号码 虚拟|号码 虚号|rent virtual|rental virtual|number virtual', '', '', 'rent_virtual'),
        (5, '租 运营商|租 实号|号码 运营商|号码 实号|rent carrier|rental carrier|number carrier', '', '', 'rent_carrier'),
        (6, '', '包年|包月|yearly|annual', '', 'package'),
        (7, '通话|呼叫|语音|call|voice|minute', '', '', 'call'),
        (8, '', '', '分钟|minute|min', 'call')
) as rules (rule_no, pattern, charging_mode, unit, item)
