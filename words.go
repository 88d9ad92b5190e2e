package xtally

import (
	"cmp"
	"fmt"
	"time"

	"github.com/xtally/xtally/reports"
)

// Sections tell a month's facts in words, a section a subject: for the first
// sheet of the workbook, and for whoever shows a [Summary] himself.
func (s Summary) Sections(lang reports.Lang) []reports.Section {
	w := words{s.Facts, lang}
	var all []reports.Section
	if len(s.Alerts) > 0 {
		all = append(all, w.alerts(s.Alerts))
	}
	all = append(all, w.coverage(s.Coverage))
	if s.Closed != nil {
		all = append(all, w.closed(*s.Closed))
	}
	all = append(all, w.bill(s.Bill), w.basis(), w.packages())
	if len(w.PackageCosts) > 0 {
		all = append(all, w.packageCosts())
	}
	return append(all, w.complaints(), w.savings())
}

// words puts facts into a language.
type words struct {
	Facts
	lang reports.Lang
}

func (w words) say(zh, en string) string {
	return w.lang.Pick(zh, en)
}

func (w words) sayf(zh, en string, args ...any) string { return w.lang.Pickf(zh, en, args...) }

// topAlerts is how many alerts the first page tells; the report has all.
const topAlerts = 10

// alerts tells what happened, since when, what it costs and what to do.
func (w words) alerts(alerts []Alert) reports.Section {
	s := reports.Section{Title: w.sayf("告警（%d）", "Alerts (%d)", len(alerts))}
	s.From("alerts")
	for i, a := range alerts {
		if i == topAlerts {
			s.Add(w.sayf("其余 %d 条", "%d more", len(alerts)-i), "", "", w.say("见“告警”", "see Alerts"))
			break
		}
		tone := reports.Warn
		if a.Tone == "bad" {
			tone = reports.Bad
		}
		about, sentence := w.about(a), a.sentence(w)
		if runes := []rune(about); len(runes) > valueRunes { // the remark has room for it
			about, sentence = string(runes[:4])+"…"+string(runes[len(runes)-valueRunes+5:]), about+w.say("：", ": ")+sentence
		}
		s.AddToned(tone, w.say(a.TitleZH, a.TitleEN), "", about, sentence)
	}
	return s
}

// valueRunes is how long a value in words may be beside its label.
const valueRunes = 14

// about names what an alert is about.
func (w words) about(a Alert) string {
	switch {
	case a.Subject == "":
		return w.say("账户", "the account")
	case a.Rule == "package_runs_out" && a.Subject == "call":
		return w.say("通话", "calls")
	case a.Rule == "package_runs_out":
		return w.say("短信", "SMS")
	}
	return a.Subject
}

// sentence is an alert without its name and whom it is about.
func (a Alert) sentence(w words) string {
	s := w.say(a.DetailZH, a.DetailEN)
	if a.SinceAt != "" {
		s += w.sayf("；自 %s", "; since %s", a.SinceAt)
	} else if len(a.FirstSeenAt) >= len(time.DateOnly) {
		s += w.sayf("；%s 首次发现", "; first seen on %s", a.FirstSeenAt[:len(time.DateOnly)])
	}
	if a.CostCNY != "" {
		s += w.sayf("；约 %s 元", "; about %s CNY", a.CostCNY)
	}
	return s + w.say("。", ". ") + w.say(a.NextStepZH, a.NextStepEN)
}

// mailed lists the alerts as a mail does, a sentence each.
func (w words) mailed(alerts []Alert) (lines []string) {
	for _, a := range alerts {
		lines = append(lines, w.say(a.TitleZH, a.TitleEN)+w.sayf("（%s）：", " (%s): ", w.about(a))+a.sentence(w))
	}
	return lines
}

// closed tells since when the month is closed, and what was found since.
func (w words) closed(c Closing) reports.Section {
	s := reports.Section{Title: w.say("已关账", "Closed")}
	s.From("charges_by_app")
	s.Add(w.say("关账合计", "Total as closed"), "total_cny", c.TotalCNY,
		w.sayf("%s 关账（北京时间）：各费用表为关账时的数字，其余各表为目前已知", "closed %s (Beijing time): charges are those of that moment, all other sheets what is known now", c.ClosedAt))
	tone, remark := reports.Good, w.say("没有发现差异", "nothing was found since")
	if c.Adjustments > 0 {
		tone, remark = reports.Warn, w.sayf("关账后发现的差异共 %d 行，不在合计内；见“关账后调整”",
			"lines found since: %d, in no total; see Adjustments", c.Adjustments)
	}
	s.From("adjustments")
	s.AddToned(tone, w.say("关账后调整", "Adjustments"), "total_cny", c.AdjustmentCNY, remark)
	return s
}

// basis tells what the charges rest on: prices, and the kinds of numbers.
func (w words) basis() reports.Section {
	s := reports.Section{Title: w.say("计费依据", "What it is charged by")}
	s.From("prices")
	value, remark := w.say("官网目录价", "list prices"), w.say("未提供价格表；见“生效单价”", "no price table was given; see Prices")
	if t, ok := w.table("prices"); ok {
		value, remark = w.say("价格表", "price table"), w.sayf("%s，共 %d 行；表中没有的项目按官网目录价；见“生效单价”",
			"%s, rows: %d; what it does not name is charged at list price; see Prices", t.File, t.Rows)
	}
	s.Add(w.say("单价", "Prices"), "", value, remark)
	s.From("numbers")
	remark = w.say("均在号码表中", "all in the number table")
	tone := reports.Plain
	switch _, given := w.table("numbers"); {
	case !given:
		remark = w.say("未提供号码表：类型按号段推测，影响月租与短信单价；只有使用过的号码计月租",
			"no number table was given: kinds are guessed from the prefix and decide rent and the price of SMS; only numbers in use pay rent")
	case w.Numbers.Guessed > 0:
		tone = reports.Warn
		remark = w.sayf("其中 %d 个不在号码表中：类型按号段推测；请补入号码表",
			"%d not in the number table: their kind is guessed from the prefix; add them there", w.Numbers.Guessed)
	}
	s.AddToned(tone, w.say("X 号码", "X numbers"), "number_count", fmt.Sprint(w.Numbers.Count), remark)
	if n := w.Numbers.ReturnedButUsed; n > 0 {
		s.AddToned(reports.Warn, w.say("已退订却仍使用的号码", "Returned but used"), "number_count", fmt.Sprint(n),
			w.say("不计月租；请核对号码表", "no rent is charged; check the number table"))
	}
	return s
}

// packages tells use, rest and end of each package, and its price apart.
func (w words) packages() reports.Section {
	s := reports.Section{Title: w.say("套餐包", "Packages")}
	s.From("packages")
	if len(w.Packages) == 0 {
		if _, given := w.table("packages"); given {
			s.Add(w.say("套餐包", "Packages"), "", w.say("本月无生效的套餐包", "none in force this month"), "")
		} else {
			s.Add(w.say("套餐包", "Packages"), "", w.say("无", "none"),
				w.say("未提供套餐包表：全部按量计费", "no package table was given: all use is paid per use"))
		}
		return s
	}
	for _, p := range w.Packages {
		unit, thing := w.say("分钟", "min"), w.say("通话", "calls")
		if p.Item != "call" {
			unit, thing = w.say("条", "SMS"), w.say("短信", "SMS")
		}
		remark := w.sayf("%[2]s：共 %[1]d，此前已用 %[3]d，剩余 %[4]d；%[5]s 失效；%[6]s",
			"%[2]s used this month; of %[1]d, %[3]d used before, %[4]d left; ends %[5]s; %[6]s",
			p.Bought, unit, p.UsedBefore, p.Left, p.EndsAt, w.packageStatus(p, unit))
		tone := reports.Plain
		if p.ForecastLapsing > 0 && p.Status == "active" || p.Status == "expired" {
			tone = reports.Warn
		}
		s.AddToned(tone, p.PackageID+w.sayf("（%s）", " (%s)", thing), "used", fmt.Sprint(p.Used), remark)
	}
	return s
}

// topCosts is how many apps are named that packages were paid for.
const topCosts = 5

// packageCosts tells what was paid for packages, which is in no total.
func (w words) packageCosts() reports.Section {
	s := reports.Section{Title: w.say("套餐包价款（不在费用合计内，按已用分钟分摊）", "Price paid for packages (in no total, shared by minutes used)")}
	s.From("package_costs")
	for i, c := range w.PackageCosts {
		used := w.sayf("已用 %s 分钟", "%s min used", c.UsedMin)
		switch {
		case c.AppKey == "(unused)":
			used = w.say("尚无应用使用", "no app has used it yet")
		case c.UsedSMS != "0.00":
			used += w.sayf("、短信 %s 条（不含分钟的套餐包）", ", %s SMS (of packages without minutes)", c.UsedSMS)
		}
		s.Add(c.AppKey, "cost_cny", c.CostCNY, used)
		if rest := len(w.PackageCosts) - topCosts; i == topCosts-1 && rest > 0 {
			s.Add(w.sayf("其余 %d 个应用", "%d other apps", rest), "cost_cny", c.RestCNY, w.say("见“套餐价款分摊”", "see Package costs"))
			break
		}
	}
	return s
}

func (w words) packageStatus(p PackageFacts, unit string) string {
	switch {
	case p.Status == "used_up":
		return w.say("已用完", "used up")
	case p.Status == "not_started":
		return w.say("尚未生效", "not started")
	case p.Status == "expired":
		return w.sayf("已过期，作废 %d %s", "expired, %d %s lapsed", p.Left, unit)
	case p.ForecastLapsing > 0:
		return w.sayf("按近 %[3]d 天的用量将作废 %[1]d %[2]s", "at the pace of the last %[3]d days %[1]d %[2]s will lapse", p.ForecastLapsing, unit, p.PaceDays)
	case p.ForecastEmptyDate != "":
		return w.sayf("按近 %d 天的用量 %s 用完", "at the pace of the last %d days empty on %s", p.PaceDays, p.ForecastEmptyDate)
	}
	return w.say("使用中", "active")
}

// complaints tells the rate, and how it stands against each limit.
func (w words) complaints() reports.Section {
	s := reports.Section{Title: w.say("投诉率", "Complaint rate")}
	s.From("complaints")
	c := w.Complaints
	if _, given := w.table("complaints"); !given || c == nil {
		s.Add(w.say("投诉率", "Complaint rate"), "", w.say("未知", "not known"),
			w.say("未提供投诉表，或本月没有在用号码", "no complaint table was given, or no X number was in use"))
		return s
	}
	if c.NumbersInUse == 0 {
		s.AddToned(reports.Warn, w.say("投诉率", "Complaint rate"), "", w.say("无法计算", "not known"),
			w.sayf("%d 起投诉，但本月没有任何号码的通话或短信记录；请检查存档", "complaints: %d, but no record tells of a number in use; check the archive", c.Count))
		return s
	}
	s.Add(w.say("投诉率", "Complaint rate"), "rate_pct", c.RatePct,
		w.sayf("%d 起投诉 ÷ %d 个在用 X 号码；推算到月末 %d 起", "complaints: %d, of X numbers in use: %d; by the month's end at this pace: %d",
			c.Count, c.NumbersInUse, c.ProjectedCount))
	limit := func(over, projected bool, pct, zh, en string) {
		tone, word := reports.Good, w.say("低于上限", "under it")
		switch {
		case over:
			tone, word = reports.Bad, w.say("达到或超过上限", "reached or over it")
		case projected:
			tone, word = reports.Warn, w.say("推算到月末将达到上限", "over it by the month's end at this pace")
		}
		s.AddToned(tone, w.sayf("上限 %s%%", "Limit %s %%", pct), "", word, w.say(zh, en))
	}
	limit(c.IsOverLimit, c.IsProjectedOverLimit, c.LimitPct, "封禁规则：达到即可能被封禁", "usage rules: reaching it can get the service blocked")
	limit(c.IsOverLimitFAQ, c.IsProjectedOverLimitFAQ, c.LimitFAQPct, "常见问题中的旧上限", "the older limit of the FAQ")
	return s
}

// savings tells idle numbers, the cheapest packages and the cost of rounding up.
func (w words) savings() reports.Section {
	s := reports.Section{Title: w.say("可以节省的", "What could be saved")}
	s.From("idle_numbers")
	f := w.Savings
	remark := w.say("付月租的号码本月都有使用", "every number that pays rent was used")
	if f.IdleCount > 0 {
		remark = w.sayf("付了月租却没有使用；25 日前退订，下月起每月节省 %s 元；见“闲置号码”",
			"pay rent without a call or message; returned by the 25th they save %s CNY a month from the next on; see Idle numbers", f.IdleSavingCNY)
	}
	s.Add(w.say("闲置号码", "Idle numbers"), "number_count", fmt.Sprint(f.IdleCount), remark)
	if a := w.Advice; a != nil {
		s.From("package_advice")
		s.Add(w.say("全年最省", "Cheapest for a year"), "year_cost_cny", a.YearCostCNY, w.advice(*a))
	}
	s.From("call_quality")
	s.Add(w.say("进位开销", "Rounding up"), "round_up_overhead_pct", cmp.Or(f.RoundUpOverheadPct, "0.00"),
		w.sayf("计费 %d 分钟，实际通话 %s 分钟：每通不足一分钟按一分钟计", "%d minutes billed for %s talked: every started minute counts", f.BilledMin, f.TalkedMin))
	return s
}

func (w words) advice(a AdviceFacts) string {
	basis := w.sayf("按 %d 天的用量推算一年 %d 分钟", "days counted: %d; at their pace a year has %d min", a.DayCount, a.YearMin)
	if a.PackageCount == 0 {
		return w.say("不买套餐包，按量付费；", "no package, pay per use; ") + basis
	}
	return w.sayf("%d 个 %d 分钟套餐包（每个 %s 元），比按量付费省 %s 元；",
		"%d x the package of %d min at %s CNY, saves %s CNY against paying per use; ", a.PackageCount, a.PackageMin, a.PriceCNY, a.YearSavingCNY) + basis
}
