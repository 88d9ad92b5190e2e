package ingest

// handTables lists the tables people keep by hand. The first name of a column
// is that of the raw table's reader; the others are what stands over such
// columns in practice, as headingKey writes them.
func handTables() []table {
	from := column{"valid_from", timeCell, false, []string{"from", "生效时间", "生效日期", "开始时间", "开始日期", "起始时间", "起始日期", "有效期起"}}
	to := column{"valid_to", timeCell, false, []string{"to", "失效时间", "失效日期", "结束时间", "结束日期", "截止时间", "截止日期", "到期时间", "到期日期", "有效期至", "有效期止"}}
	number := column{"x_number", numberCell, true, []string{"x", "number", "隐私号码", "x号码", "隐私号", "号码", "中间号", "小号"}}
	app := column{"app_key", textCell, false, []string{"app", "应用", "应用标识", "应用appkey"}}
	return []table{
		{"prices", "prices", []column{
			{"item", textCell, true, []string{"计费项", "收费项", "费用项", "项目"}},
			{"number_kind", textCell, false, []string{"kind", "号码类型", "号码种类", "号码性质", "类型"}},
			app,
			{"mode", textCell, false, []string{"模式", "业务模式", "业务类型"}},
			from, to,
			{"price_cny", numberCell, true, []string{"price", "unitprice", "单价", "价格"}},
			{"discount", numberCell, false, []string{"折扣", "折扣率"}},
		}, func(t Tables) string { return t.Prices }},
		{"packages", "packages", []column{
			{"package_id", textCell, true, []string{"package", "id", "套餐包id", "套餐包", "套餐", "套餐id", "套餐编号", "套餐包编号", "资源包", "资源包id", "订单号"}},
			{"minutes", numberCell, false, []string{"min", "callminutes", "分钟数", "分钟", "通话分钟", "通话分钟数", "通话时长"}},
			{"sms", numberCell, false, []string{"messages", "短信条数", "短信", "短信数", "条数"}},
			{"price_cny", numberCell, true, []string{"price", "价格", "金额", "购买价格", "购买金额"}},
			{"bought_at", timeCell, false, []string{"bought", "boughton", "purchasedat", "购买时间", "购买日期", "订购时间", "订购日期", "下单时间"}},
			from, to,
		}, func(t Tables) string { return t.Packages }},
		{"numbers", "numbers", []column{
			number,
			{"kind", textCell, true, []string{"numberkind", "号码类型", "类型", "号码种类", "号码性质"}},
			app,
			{"city", textCell, false, []string{"城市", "归属地", "号码城市", "城市名", "城市名称"}},
			{"issued_date", timeCell, false, []string{"issued", "issuedat", "下发日期", "下发时间", "发放日期", "发放时间", "开通日期", "开通时间", "启用日期", "领用日期"}},
			{"returned_date", timeCell, false, []string{"returned", "returnedat", "退回日期", "退回时间", "退订日期", "退订时间", "退号日期", "退号时间"}},
		}, func(t Tables) string { return t.Numbers }},
		{"complaints", "complaints", []column{
			{"complaint_date", timeCell, true, []string{"date", "complaintat", "投诉日期", "投诉时间", "日期"}},
			number,
			{"complained_party", numberCell, false, []string{"party", "被投诉方", "被投诉人", "被投诉号码", "被投诉主体"}},
			{"type", textCell, false, []string{"complainttype", "投诉类型", "类型"}},
			{"source", textCell, false, []string{"来源", "投诉来源", "渠道", "投诉渠道"}},
			{"note", textCell, false, []string{"notes", "remark", "comment", "备注", "说明", "投诉内容"}},
		}, func(t Tables) string { return t.Complaints }},
		{"stats", "vendor_stats", []column{
			{"date", timeCell, true, []string{"day", "日期", "统计日期", "时间"}},
			{"calls", numberCell, true, []string{"callcount", "呼叫次数", "呼叫量", "呼叫数", "呼叫总数", "通话次数", "呼叫总次数"}},
			{"answered", numberCell, false, []string{"answeredcount", "接通次数", "接通数", "接通量", "接听次数", "应答次数", "呼叫接通次数"}},
			{"duration_s", numberCell, false, []string{"duration", "durations", "通话时长", "时长", "总时长", "通话总时长"}},
		}, func(t Tables) string { return t.Stats }},
		{"bill_items", "bill_items", []column{
			{"pattern", textCell, false, []string{"words", "关键词", "关键字"}},
			{"product", textCell, false, []string{"productname", "产品", "产品名称"}},
			{"usage_type", textCell, false, []string{"usagetypecode", "使用量类型", "使用量类型编码"}},
			{"unit", textCell, false, []string{"usageunit", "使用量单位", "单位"}},
			{"charging_mode", textCell, false, []string{"billingmode", "计费模式"}},
			{"item", textCell, true, []string{"计费项", "收费项", "项目"}},
		}, func(t Tables) string { return t.BillItems }},
	}
}
