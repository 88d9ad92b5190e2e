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
			TitleZH: "每小时结算", NoteZH: "按小时结算：分钟数、套餐抵扣、应付与舍去的零头",
			TitleEN: "Hourly settlement", NoteEN: "settled by the hour: minutes, package minutes, payable and the cut residue",
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
