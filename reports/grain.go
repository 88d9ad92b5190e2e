package reports

// grain says what a row of a report is, and what its rules rest on.
type grain struct{ zh, en, sourceZH, sourceEN string }

// The vendor's documents that rules come from.
const (
	fromCDRsZH, fromCDRsEN         = "话单回调（开发指南，话单推送）", "call records (developer guide, CDR callback)"
	fromEventsZH, fromEventsEN     = "呼叫事件回调（开发指南，呼叫状态推送）", "call events (developer guide, call status callback)"
	fromSMSZH, fromSMSEN           = "短信通知回调（开发指南，短信通知）", "SMS notices (developer guide, SMS callback)"
	fromPricesZH, fromPricesEN     = "计费说明：按分钟进位，每小时结算，套餐优先", "billing guide: started minutes, settled by the hour, packages first"
	fromRentZH, fromRentEN         = "计费说明：号码月租", "billing guide: number rent"
	fromPackagesZH, fromPackagesEN = "计费说明：套餐包", "billing guide: packages"
	fromBillZH, fromBillEN         = "费用账单（用量明细、流水、资源、对账单）", "the vendor's bill (usage details, transactions, resources, statement)"
	fromLimitsZH, fromLimitsEN     = "使用规则：封禁规则；常见问题：投诉率", "usage rules: blocking; FAQ: complaint rate"
	fromFilesZH, fromFilesEN       = "存档文件本身", "the archive's files themselves"
)

// grains are those of all reports of the catalogue, by name.
var grains = map[string]grain{
	"charges_by_app":             {"每个应用、账期一行", "a row per app and month", fromPricesZH, fromPricesEN},
	"charges_by_x_number":        {"每个 X 号码、应用、账期一行", "a row per X number, app and month", fromPricesZH, fromPricesEN},
	"charges_by_app_x_number":    {"每个应用、X 号码、账期一行", "a row per app, X number and month", fromPricesZH, fromPricesEN},
	"totals_by_month":            {"每个应用一行，每月一列", "a row per app, a column per month", fromPricesZH, fromPricesEN},
	"trend_by_app":               {"每个应用、账期一行", "a row per app and month", fromPricesZH, fromPricesEN},
	"charges_by_mode":            {"每个应用、绑定模式、账期一行", "a row per app, binding mode and month", fromPricesZH, fromPricesEN},
	"charges_by_day":             {"每天一行（北京时间）", "a row per day (Beijing time)", fromPricesZH, fromPricesEN},
	"charges_by_app_day":         {"每个应用、每天一行（北京时间）", "a row per app and day (Beijing time)", fromPricesZH, fromPricesEN},
	"charges_by_hour":            {"账户每个结算小时一行（北京时间）", "a row per settlement hour of the account (Beijing time)", fromPricesZH, fromPricesEN},
	"sms_by_x_number":            {"每个 X 号码、应用、账期一行", "a row per X number, app and month", fromSMSZH, fromSMSEN},
	"adjustments":                {"每项变化、应用、X 号码一行", "a row per change, app and X number", fromPricesZH, fromPricesEN},
	"packages":                   {"每个套餐包、项目、账期一行，截至月末", "a row per package, item and month, as of its end", fromPackagesZH, fromPackagesEN},
	"package_costs":              {"每个套餐包、应用、账期一行", "a row per package, app and month", fromPackagesZH, fromPackagesEN},
	"split_rules":                {"每个应用、账期一行", "a row per app and month", fromPackagesZH, fromPackagesEN},
	"package_advice":             {"每种套餐包、账期一行，另有不买套餐一行", "a row per kind of package and month, and one for none", fromPackagesZH, fromPackagesEN},
	"prices":                     {"每个项目、号码类型、应用、模式、有效期一行", "a row per item, number kind, app, mode and period", fromPricesZH, fromPricesEN},
	"numbers":                    {"每个持有或使用过的 X 号码、账期一行", "a row per X number held or used and month", fromRentZH, fromRentEN},
	"idle_numbers":               {"每个付租而未用的 X 号码、账期一行", "a row per X number paid for and not used, and month", fromRentZH, fromRentEN},
	"number_history":             {"X 号码每次变化一行", "a row per thing that happened to an X number", "号码状态回调（开发指南）与号码表", "number status callback (developer guide) and the number table"},
	"complaints":                 {"每个账期一行", "a row per month", fromLimitsZH, fromLimitsEN},
	"complaints_by_x_number":     {"每个被投诉的号码、账期一行", "a row per number complained of and month", fromLimitsZH, fromLimitsEN},
	"reconciliation":             {"每个项目、账期一行", "a row per item and month", fromBillZH, fromBillEN},
	"reconciliation_waterfall":   {"每一步、账期一行", "a row per step and month", fromBillZH, fromBillEN},
	"reconciliation_reasons":     {"每个项目、原因、账期一行", "a row per item, reason and month", fromBillZH, fromBillEN},
	"reconciliation_by_day":      {"每天、每个项目一行", "a row per day and item", fromBillZH, fromBillEN},
	"reconciliation_by_hour":     {"每个有差异的时段、项目一行", "a row per slot that differs and item", fromBillZH, fromBillEN},
	"reconciliation_by_x_number": {"每个项目、X 号码、账期一行", "a row per item, X number and month", fromBillZH, fromBillEN},
	"claims":                     {"每项索赔、账期一行", "a row per claim and month", fromBillZH, fromBillEN},
	"bill_files":                 {"每个账单文件、账期一行", "a row per file of the bill and month", fromBillZH, fromBillEN},
	"bill_names":                 {"账单上每种名称组合、账期一行", "a row per combination of names on the bill and month", fromBillZH, fromBillEN},
	"border_rules":               {"每种边界规则、账期一行", "a row per pair of border rules and month", fromBillZH, fromBillEN},
	"vendor_stats":               {"控制台统计每天一行", "a row per day of the console's statistics", "厂商控制台的每日统计", "the vendor's console: daily statistics"},
	"calls_by_release_code":      {"每个应用、释放码、账期一行", "a row per app, release code and month", "释放码表（开发指南，附录）", "release codes (developer guide, appendix)"},
	"calls_by_q850":              {"每个应用、Q.850 原因值、账期一行", "a row per app, Q.850 cause and month", "ITU-T Q.850", "ITU-T Q.850"},
	"calls_by_sip":               {"每个应用、SIP 状态码、账期一行", "a row per app, SIP status and month", "RFC 3261", "RFC 3261"},
	"call_quality":               {"每个应用、账期一行", "a row per app and month", fromCDRsZH, fromCDRsEN},
	"recordings":                 {"每个应用、账期一行", "a row per app and month", fromCDRsZH, fromCDRsEN},
	"alerts":                     {"每条告警一行", "a row per alert", "各表与运行历史，按 xtally.yaml 的 alerts", "all tables and the history of runs, by alerts of xtally.yaml"},
	"coverage":                   {"每小时一行", "a row per hour", fromEventsZH, fromEventsEN},
	"missing_cdrs":               {"每通有事件而无话单的通话一行", "a row per call with events and no record", fromEventsZH, fromEventsEN},
	"files":                      {"每个文件（或压缩包成员）一行", "a row per file, or member of an archive", fromFilesZH, fromFilesEN},
	"rejects":                    {"每段拒收的内容一行", "a row per piece that was refused", fromFilesZH, fromFilesEN},
	"conflicts":                  {"每通有多个版本的通话一行", "a row per call in versions that disagree", fromCDRsZH, fromCDRsEN},
	"disputed_calls":             {"索赔时段内每通通话一行", "a row per call of a slot claimed", fromCDRsZH, fromCDRsEN},
	"calls":                      {"每通通话一行", "a row per call", fromCDRsZH, fromCDRsEN},
}

// Grain returns what a row of the report is.
func (r Report) Grain(lang Lang) string { return lang.Pick(grains[r.Name].zh, grains[r.Name].en) }

// Source returns what the report's rules and data come from.
func (r Report) Source(lang Lang) string {
	return lang.Pick(grains[r.Name].sourceZH, grains[r.Name].sourceEN)
}

// Units returns what the endings of the columns' names mean, the same in every report.
func Units(lang Lang) string {
	return lang.Pick(
		"金额为人民币元；时长为秒或分钟（见列名）；比率为百分数；时间为北京时间",
		"money is CNY; durations are seconds or minutes, as the column says; rates are per cent; times are Beijing's")
}
