package reports

// charges lists the reports that split the month's cost.
func charges() []Report {
	return []Report{
		{
			Name: "charges_by_app", Totals: true, OrderBy: "total_cny desc, month, app_key",
			TitleZH: "应用费用", NoteZH: "每个应用（app_key）的通话、短信、号码月租与合计",
			TitleEN: "Charges by app", NoteEN: "calls, messages, rent and total of each app_key",
		},
		{
			Name: "charges_by_x_number", Totals: true, OrderBy: "total_cny desc, month, x_number, app_key, number_kind",
			TitleZH: "X号码费用", NoteZH: "每个 X 号码的通话、短信、月租与合计",
			TitleEN: "Charges by X number", NoteEN: "calls, messages, rent and total of each X number",
		},
		{
			Name: "charges_by_app_x_number", Totals: true, OrderBy: "month, app_key, total_cny desc, x_number, number_kind",
			TitleZH: "应用与X号码费用", NoteZH: "每个应用在每个 X 号码上的费用",
			TitleEN: "App and X number", NoteEN: "what each app spent on each X number",
		},
		{
			Name: "totals_by_month", Totals: true, Across: &Across{Of: "charges_by_app", Row: "app_key", Sum: "total_cny"},
			TitleZH: "逐月合计", NoteZH: "每个应用各月费用并列；空格表示当月没有费用",
			TitleEN: "Month by month", NoteEN: "the months' totals of each app beside each other; blank where it had none",
		},
		{
			Name: "trend_by_app", OrderBy: "month, total_cny desc, app_key",
			TitleZH: "应用费用走势", NoteZH: "每个应用与上月相比的费用与分钟数；上月没有数据时为空",
			TitleEN: "Trend by app", NoteEN: "total and minutes of each app against the month before; blank where that is not known",
		},
		{
			Name: "charges_by_mode", Totals: true, OrderBy: "month, app_key, mode",
			TitleZH: "绑定模式费用", NoteZH: "按应用与绑定模式（AXB、AXE、X 等），不含号码月租",
			TitleEN: "Charges by mode", NoteEN: "by app and binding mode (AXB, AXE, X and others), without rent",
		},
		{
			Name: "charges_by_day", Totals: true, OrderBy: "date",
			TitleZH: "每日费用", NoteZH: "按通话结束的日期（北京时间），不含号码月租",
			TitleEN: "Charges by day", NoteEN: "by the day a call ended (Beijing time), without rent",
		},
		{
			Name: "charges_by_app_day", Totals: true, OrderBy: "date, app_key",
			TitleZH: "应用每日费用", NoteZH: "每个应用每天（北京时间）的通话与短信，不含号码月租",
			TitleEN: "App by day", NoteEN: "calls and messages of each app by day (Beijing time), without rent",
		},
		{
			Name: "charges_by_hour", Totals: true, OrderBy: "hour_at",
			TitleZH: "每小时结算", NoteZH: "账户按小时结算：分钟数与短信、套餐抵扣、应付与舍去的零头",
			TitleEN: "Hourly settlement", NoteEN: "the account by the hour: minutes and messages, package share, payable and the cut residue",
		},
		{
			Name: "sms_by_x_number", Totals: true, OrderBy: "charge_cny desc, month, x_number, app_key, number_kind",
			TitleZH: "X号码短信", NoteZH: "每个 X 号码的短信通知、失败与拦截数、计费条数与费用",
			TitleEN: "SMS by X number", NoteEN: "notices, failed and blocked ones, billable messages and charge of each X number",
		},
		{
			Name: "adjustments", Totals: true, OrderBy: "month, entry, app_key, x_number",
			TitleZH: "关账后调整", NoteZH: "关账后发现的差异（迟到的话单、变更的价格等），按发现日期；不在费用合计内",
			TitleEN: "Adjustments", NoteEN: "what was found after the month was closed (late records, changed prices), by the day it was noticed; in no total",
		},
	}
}

// settlement lists the reports on packages, prices and what could be saved.
func settlement() []Report {
	return []Report{
		{
			Name: "packages", OrderBy: "month, ends_at, package_id, item",
			TitleZH: "套餐包", NoteZH: "每个套餐包截至月末的用量、余量、单位成本与预测；节省 = 已用量按单价的价值 − 价格",
			TitleEN: "Packages", NoteEN: "use, rest, cost per unit and forecast of each package at the month's end; saved = value of what was used less its price",
		},
		{
			Name: "package_costs", Totals: true, OrderBy: "month, package_id, cost_cny desc, app_key",
			TitleZH: "套餐价款分摊", NoteZH: "套餐包价款不在费用合计内，按各应用已用分钟分摊",
			TitleEN: "Package costs", NoteEN: "the price of packages, which is in no charge, shared by the minutes each app has used",
		},
		{
			Name: "split_rules", Totals: true, OrderBy: "month, app_key",
			TitleZH: "两种分摊规则", NoteZH: "套餐包在小时中途用完时，按分钟分摊与先到先得的对比",
			TitleEN: "Split rules", NoteEN: "hours that a package covers in part: shared by minutes, or first come first served",
		},
		{
			Name: "package_advice", OrderBy: "month, year_cost_cny, package_min",
			TitleZH: "套餐建议", NoteZH: "按近月用量推算一年：各种套餐包的最佳数量与按量付费相比",
			TitleEN: "Package advice", NoteEN: "a year at the pace of the last months: the best count of each package against paying per use",
		},
		{
			Name: "prices", OrderBy: "item, number_kind, app_key, mode, valid_from_at",
			TitleZH: "生效单价", NoteZH: "计费所用的单价与折扣；第 0 行为官网目录价",
			TitleEN: "Prices", NoteEN: "prices and discounts the charges were made with; line 0 is the list price",
		},
	}
}

// numbers lists the reports on X numbers and complaints.
func numbers() []Report {
	return []Report{
		{
			Name: "numbers", Totals: true, OrderBy: "month, status, x_number",
			TitleZH: "X号码", NoteZH: "当月持有或使用的每个 X 号码：类型来源、状态、用量与月租单价",
			TitleEN: "X numbers", NoteEN: "every X number held or used: where its kind comes from, status, use and rent",
		},
		{
			Name: "idle_numbers", Totals: true, OrderBy: "month, idle_days desc, x_number",
			TitleZH: "闲置号码", NoteZH: "付了月租却没有通话和短信的号码；25 日前退订，下月起不再收费",
			TitleEN: "Idle numbers", NoteEN: "numbers paid for without a call or message; returned by the 25th they cost nothing from the next month on",
		},
		{
			Name: "number_history", OrderBy: "x_number, event_at, event, file, line, entry",
			TitleZH: "号码历史", NoteZH: "号码表与状态通知合并的历史，截至本月；首次与末次使用只列本月",
			TitleEN: "Number history", NoteEN: "number table and status notices together, up to this month; of first and last uses this month's only",
		},
		{
			Name: "complaints", OrderBy: "month",
			TitleZH: "投诉率", NoteZH: "投诉数 ÷ 当月在用 X 号码数，与两个上限比较，并按进度推算到月末",
			TitleEN: "Complaint rate", NoteEN: "complaints / X numbers in use, against both limits, and projected to the month's end",
		},
		{
			Name: "complaints_by_x_number", Totals: true, OrderBy: "month, complaint_count desc, x_number",
			TitleZH: "被投诉号码", NoteZH: "投诉落在哪些号码和应用上；不属于本账户的号码单独标明",
			TitleEN: "Complained numbers", NoteEN: "the numbers and apps behind the complaints; numbers that are not ours are named so",
		},
	}
}

// reconciliation lists the reports that hold the charges against the bill.
func reconciliation() []Report {
	return []Report{
		{
			Name: "reconciliation", Totals: true, OrderBy: "month, item",
			TitleZH: "账单核对", NoteZH: "每个项目：我方与账单的数量、金额与差额；没有账单的月份为空",
			TitleEN: "Reconciliation", NoteEN: "ours and the bill's quantity, amount and difference of each item; empty without a bill",
		},
		{
			Name: "reconciliation_waterfall", OrderBy: "month, step_no",
			TitleZH: "差额桥", NoteZH: "从我方合计到账单合计，每个原因一步",
			TitleEN: "Waterfall", NoteEN: "from our total to the bill's, a step for each reason",
		},
		{
			Name: "reconciliation_reasons", Totals: true, OrderBy: "month, place, item, reason",
			TitleZH: "差额原因", NoteZH: "互不重叠、相加等于差额的原因；未解释的在最前",
			TitleEN: "Reasons", NoteEN: "exclusive reasons that add up to the difference; what has none comes first",
		},
		{
			Name: "reconciliation_by_day", Totals: true, OrderBy: "month, date, item",
			TitleZH: "逐日核对", NoteZH: "账单能分日的项目，逐日对比",
			TitleEN: "By day", NoteEN: "day by day, where the bill tells days",
		},
		{
			Name: "reconciliation_by_hour", Totals: true, OrderBy: "month, slot_at, item",
			TitleZH: "有差异的时段", NoteZH: "数量、套餐或金额有任何差异的小时（账单不分小时的项目为日或月）",
			TitleEN: "Slots that differ", NoteEN: "hours (days or the month where the bill is no finer) that differ in quantity, package or money",
		},
		{
			Name: "reconciliation_by_x_number", Totals: true, OrderBy: "month, item, x_number",
			TitleZH: "逐号核对", NoteZH: "账单列出号码的项目，逐号对比",
			TitleEN: "By X number bill", NoteEN: "number by number, where the bill names X numbers",
		},
		{
			Name: "claims", Totals: true, OrderBy: "month, claim_id",
			TitleZH: "索赔", NoteZH: "应由厂商答复的差额：编号、状态与账龄；以 xtally claim 更改状态",
			TitleEN: "Claims", NoteEN: "differences the vendor is to answer: id, state and age; xtally claim changes the state",
		},
		{
			Name: "bill_files", OrderBy: "month, status, file, part",
			TitleZH: "账单文件", NoteZH: "读入的账单文件：哪一份有效，被哪一份取代，各自的金额",
			TitleEN: "Bill files", NoteEN: "the bill's files: which holds, which it replaces, and what each says",
		},
		{
			Name: "bill_names", OrderBy: "month, item desc, product_id",
			TitleZH: "账单名称对应", NoteZH: "账单中的产品与使用量类型名称对应到哪个项目；unmapped 为无法对应",
			TitleEN: "Bill names", NoteEN: "which item the bill's product and usage names stand for; unmapped ones are nobody's",
		},
		{
			Name: "border_rules", OrderBy: "month, settle_by, zero_second_min",
			TitleZH: "规则检验", NoteZH: "结算时刻与零秒通话的四种规则，哪一种与账单最接近；不会自动切换",
			TitleEN: "Border rules", NoteEN: "which moment and which minutes of a 0-second call the bill fits best; never switched by itself",
		},
		{
			Name: "vendor_stats", Totals: true, OrderBy: "month, date",
			TitleZH: "业务统计对比", NoteZH: "控制台业务统计与话单逐日对比",
			TitleEN: "Console statistics", NoteEN: "the console's daily counts beside ours",
		},
	}
}

// breakdowns lists the reports on how the calls went.
func breakdowns() []Report {
	return []Report{
		{
			Name: "calls_by_release_code", Totals: true, OrderBy: "month, app_key, call_count desc, release_code",
			TitleZH: "挂机原因", NoteZH: "按结束码：类别、责任方、含义与下一步",
			TitleEN: "Release codes", NoteEN: "why calls ended: category, owner, meaning and next step",
		},
		{
			Name: "calls_by_q850", Totals: true, OrderBy: "month, app_key, call_count desc, code",
			TitleZH: "Q.850原因", NoteZH: "按 Q.850 原因值",
			TitleEN: "Q.850 causes", NoteEN: "calls by Q.850 cause",
		},
		{
			Name: "calls_by_sip", Totals: true, OrderBy: "month, app_key, call_count desc, code",
			TitleZH: "SIP状态码", NoteZH: "按 SIP 状态码",
			TitleEN: "SIP codes", NoteEN: "calls by SIP status code",
		},
		{
			Name:    "call_quality",
			TitleZH: "通话质量", NoteZH: "接通率、平均时长、接续时延与进位开销",
			TitleEN: "Call quality", NoteEN: "answer rate, mean length, post-dial delay, cost of rounding up",
		},
		{
			Name: "recordings", Totals: true, OrderBy: "month, app_key",
			TitleZH: "录音", NoteZH: "录音条数、过短的与即将过期的",
			TitleEN: "Recordings", NoteEN: "recordings kept, too short, and soon to expire",
		},
	}
}

// evidence lists the reports an auditor asks for.
func evidence() []Report {
	return []Report{
		{
			Name: "alerts", OrderBy: "month, status, since_at, alert_key",
			TitleZH: "告警", NoteZH: "每条告警：发生了什么、自何时起、约多少钱、下一步；已解除的也在内",
			TitleEN: "Alerts", NoteEN: "what happened, since when, what it costs and what to do; those that are over too",
		},
		{
			Name: "coverage", OrderBy: "month, hour_at",
			TitleZH: "数据完整性", NoteZH: "逐小时：报文、话单、事件、无话单会话；hole 为缺口，suspect 为可疑",
			TitleEN: "Coverage", NoteEN: "hour by hour: bodies, records, events, sessions without a record; holes and suspect hours",
		},
		{
			Name: "missing_cdrs", FullSessions: true, OrderBy: "month, ended_at, session_id",
			TitleZH: "缺失话单", NoteZH: "有事件而没有话单的通话；厂商控制台保留 31 天，会话ID 完整列出以便查询",
			TitleEN: "Missing records", NoteEN: "calls with events but no record; the vendor's console keeps them 31 days and is asked by the full session id",
		},
		{
			Name: "files", OrderBy: "file",
			TitleZH: "文件清单", NoteZH: "读入的每个文件：内容哈希、行数、话单数与拒收数",
			TitleEN: "Files", NoteEN: "every file read: content hash, lines, records, rejects",
		},
		{
			Name: "rejects", OrderBy: "file, line, body, record",
			TitleZH: "拒收记录", NoteZH: "不能读作话单的行及原因，未计费",
			TitleEN: "Rejects", NoteEN: "lines that are no record, and why; not charged",
		},
		{
			Name: "conflicts", OrderBy: "app_key, identity, kept_file, kept_line, call_id",
			TitleZH: "冲突话单", NoteZH: "同一通话有不同内容的版本，保留了哪一个",
			TitleEN: "Conflicts", NoteEN: "calls delivered in differing versions, and which was kept",
		},
		{
			Name: "disputed_calls", Detail: true, OrderBy: "hour_at, ended_at, call_id",
			TitleZH: "争议时段通话", NoteZH: "索赔所涉时段的每通电话",
			TitleEN: "Calls in dispute", NoteEN: "the calls of the hours that claims are about",
		},
		{
			Name: "calls", Detail: true, OrderBy: "ended_at, call_id",
			TitleZH: "通话明细", NoteZH: "每通电话一行",
			TitleEN: "Calls", NoteEN: "one row per call",
		},
	}
}
