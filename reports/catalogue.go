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
			Name: "charges_by_hour", Totals: true, OrderBy: "hour_at",
			TitleZH: "每小时结算", NoteZH: "账户按小时结算：分钟数与短信、套餐抵扣、应付与舍去的零头",
			TitleEN: "Hourly settlement", NoteEN: "the account by the hour: minutes and messages, package share, payable and the cut residue",
		},
		{
			Name: "sms_by_x_number", Totals: true, OrderBy: "charge_cny desc, month, x_number, app_key, number_kind",
			TitleZH: "X号码短信", NoteZH: "每个 X 号码的短信通知、失败与拦截数、计费条数与费用",
			TitleEN: "SMS by X number", NoteEN: "notices, failed and blocked ones, billable messages and charge of each X number",
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
			TitleZH: "号码历史", NoteZH: "号码表与状态通知合并的历史，截至本月",
			TitleEN: "Number history", NoteEN: "number table and status notices together, up to this month",
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
			Name: "calls", Detail: true, OrderBy: "ended_at, call_id",
			TitleZH: "通话明细", NoteZH: "每通电话一行",
			TitleEN: "Calls", NoteEN: "one row per call",
		},
	}
}
