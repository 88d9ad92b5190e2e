-- grain: one row per reason that a bill and our charges can differ
-- key: reason
-- The order is that of the waterfall; what has no reason comes first. is_claim
-- says that the vendor is to answer for money on the bill that cannot be shown
-- here; where a rule of ours, another version of a record or a refund explains
-- it, nothing is claimed. rule and source are what the vendor is held to.
select place, reason, name_zh, name_en, detail_zh, detail_en, is_claim, rule_zh, rule_en
from (
    values
        (1, 'unexplained', '未解释', 'Unexplained', '没有找到原因，请核对原始账单行', 'no reason was found; look at the bill''s own rows', true, '账单每一行应能由用量 × 单价 − 优惠 − 抹零得出（费用账单说明）', 'every row of the bill must follow from usage x price less discount less cut (billing guide, bills)'),
        (2, 'unmapped_row', '未对应的账单行', 'Unmapped rows', '产品或使用量类型名称无法对应到项目；请在 bill_items 表中补充', 'product or usage-type names that no item is known for; add them to the table bill_items', true, '按需计费项只有通话、短信与号码月租（价格说明）', 'only calls, SMS and number rent are charged per use (price page)'),
        (3, 'cdr_missing', '缺话单', 'Records missing here', '账单的分钟数多于话单：有事件而无话单的通话，或该小时账单超出；见 missing_cdrs 与 coverage', 'the bill has more minutes than the records: calls with events but no record, or an hour the bill exceeds; see missing_cdrs and coverage', true, '每次通话结束后推送话单；计费以话单为准（开发指南，话单推送）', 'a call record is pushed for every call (developer guide, CDR callback); minutes without any record or event cannot be shown'),
        (4, 'extra_here', '账单缺分钟', 'Extra here', '话单的分钟数多于账单', 'the records have more minutes than the bill', false, '', ''),
        (5, 'conflict_version', '冲突版本', 'Conflict versions', '同一通话另一版本的分钟数可以解释', 'another version of a disputed record has these minutes', false, '', ''),
        (6, 'hour_border', '跨小时', 'Hour border', '相邻两小时一多一少，相互抵消', 'one hour has more and its neighbour less; they cancel', false, '', ''),
        (7, 'month_border', '跨月', 'Month border', '跨越月初或月末零点的通话', 'calls across midnight of the month''s first or last day', false, '', ''),
        (8, 'zero_second_call', '零秒通话', 'Zero-second calls', '已接听而时长为 0 秒的通话，见设置 zero_second_min', 'answered calls of 0 seconds; see the setting zero_second_min', false, '', ''),
        (9, 'package_timing', '套餐抵扣', 'Package timing', '套餐抵扣的时间或数量不同；请核对套餐表的生效与失效时间', 'packages were drawn at other times or in another amount; check start and end in the package table', true, '套餐包自购买后的下一个整点起生效，先到期者先抵扣（价格说明，套餐包）', 'a package holds from the next full hour after purchase, the one that ends first is drawn first (price page, packages)'),
        (10, 'package_purchase', '套餐购买', 'Package purchase', '账单上的套餐价款与套餐表不同', 'the price of packages on the bill is not that of the package table', true, '套餐包价款以购买订单为准（价格说明，套餐包）', 'the price of a package is that of its order (price page, packages)'),
        (11, 'price', '单价', 'Price', '账单单价与价格表不同', 'the bill''s unit price is not that of the price table', true, '单价以价格说明或合同为准', 'the unit price is that of the price page or the contract'),
        (12, 'discount', '折扣', 'Discount', '账单优惠与价格表的折扣不同', 'the bill''s discount is not that of the price table', true, '折扣以合同为准', 'the discount is that of the contract'),
        (13, 'cutting', '抹零', 'Cutting', '舍去的零头不同', 'the fractions of a fen cut off differ', true, '按小时结算，不足一分的部分舍去而不进位（费用账单说明，抹零）', 'each hour is settled and fractions of a fen are cut, not rounded (billing guide, truncation)'),
        (14, 'number_kind', '号码类型', 'Number kind', '运营商与虚拟运营商号码归类不同；请核对号码表', 'carrier and virtual-carrier numbers are told apart otherwise; check the number table', false, '', ''),
        (15, 'sms_parts', '短信条数', 'SMS parts', '短信条数不同：缺通知，或拆分条数不同', 'other counts of messages: notices missing, or split otherwise', true, '短信按成功发送的拆分条数计费（价格说明，短信）', 'SMS are charged by the parts sent with success (price page, SMS)'),
        (16, 'rent_numbers', '月租号码', 'Numbers under rent', '计租号码数不同：新发放、已退订或号码表缺失', 'another count of numbers under rent: issued, returned or not in the table', true, '每月 1 日对未退订的号码、以及发放当日收取月租；25 日之后退订的次月仍收（价格说明，月租）', 'rent is charged on the 1st for numbers not returned and on the day of issue; returned after the 25th, the next month too (price page, rent)'),
        (17, 'duplicate_row', '重复账单行', 'Rows listed twice', '账单中完全相同的行出现两次', 'the bill lists the same row twice', true, '同一交易号的同一用量只应计费一次（费用账单说明）', 'one usage under one transaction is charged once (billing guide, bills)'),
        (18, 'refund', '退款', 'Refunds', '账单退款', 'refunds on the bill', false, '', ''),
        (19, 'adjustment', '调账', 'Adjustments', '账单调账或补偿', 'adjustments or compensation on the bill', false, '', ''),
        (20, 'amount_missing', '缺金额', 'Amounts missing', '账单行没有可读的金额', 'rows of the bill without a readable amount', false, '', ''),
        (21, 'bill_arithmetic', '账单自身不平', 'The bill''s arithmetic', '官网价 − 优惠 − 抹零 不等于应付金额', 'list price less discount less cut is not the amount payable', true, '应付金额 = 官网价 − 优惠金额 − 抹零金额（费用账单说明）', 'amount due = list price less discount less cut (billing guide, bills)')
) as reasons (place, reason, name_zh, name_en, detail_zh, detail_en, is_claim, rule_zh, rule_en)
