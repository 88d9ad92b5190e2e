package xtally

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xtally/xtally/reports"
)

// Answers tell a month in a few lines, and what needs somebody's decision: what the
// first sheet, the page and the mail begin with.
func (s Summary) Answers(lang reports.Lang) []reports.Section {
	w := words{s.Facts, lang}
	return []reports.Section{w.answers(s), w.decisions(s)}
}

// answers are the figures asked for first.
func (w words) answers(s Summary) reports.Section {
	a := reports.Section{Title: w.say("结论", "In short")}
	a.From("charges_by_app")
	a.Add(w.say("费用合计", "Total"), "total_cny", s.TotalCNY, w.sayf("%d 个应用，%d 通电话，%d 分钟，%d 条短信；含月租，不含套餐价款",
		"apps: %d, calls: %d, minutes: %d, messages: %d; with rent, without the price of packages", len(s.Apps), s.Calls, s.BilledMin, s.Messages))
	a.From("trend_by_app")
	switch l := s.Facts.LastMonth; {
	case l == nil:
		a.Add(w.say("与上月相比", "Against last month"), "", w.say("未知", "not known"), w.say("数据库中没有上月", "last month is not in the database"))
	default:
		remark := w.sayf("%s 为 %s 元", "%s was %s CNY", l.Month, l.TotalCNY)
		if l.ChangePct != "" {
			remark += w.sayf("，变化 %s%%", ", a change of %s %%", l.ChangePct)
		}
		a.Add(w.say("与上月相比", "Against last month"), "change_cny", l.ChangeCNY, remark)
	}
	a.From("reconciliation")
	if s.Bill.HasBill {
		tone, remark := reports.Good, w.say("每一分差额都有原因", "every fen of the difference has a reason")
		if s.Bill.Exceeds {
			tone, remark = reports.Bad, w.sayf("其中 %s 元没有原因", "%s CNY of it without a reason", s.Bill.UnexplainedCNY)
		}
		a.AddToned(tone, w.say("与账单相比", "Against the bill"), "diff_cny", s.Bill.DiffCNY, w.sayf("账单 %s 元；", "bill %s CNY; ", s.Bill.BillCNY)+remark)
	} else {
		a.Add(w.say("与账单相比", "Against the bill"), "", w.say("无账单", "no bill"), w.say("未提供本月的账单", "no bill was given for this month"))
	}
	a.From("coverage")
	tone, value, remark := w.stamp(s.Coverage)
	a.AddToned(tone, w.say("话单是否齐全", "Call records"), "", value, remark)
	a.From("complaints")
	if c := w.Complaints; c != nil && c.NumbersInUse > 0 {
		if _, given := w.table("complaints"); given {
			tone, word := w.complaintStatus(*c)
			a.AddToned(tone, w.say("投诉率", "Complaint rate"), "rate_pct", c.RatePct, word)
		}
	}
	return a
}

// complaintStatus says in a word how the rate stands to the stricter limit.
func (w words) complaintStatus(c ComplaintFacts) (reports.Tone, string) {
	switch {
	case c.IsOverLimit || c.IsOverLimitFAQ:
		return reports.Bad, w.sayf("达到或超过上限（%s%%）", "reached or over the limit (%s %%)", c.LimitPct)
	case c.IsProjectedOverLimit || c.IsProjectedOverLimitFAQ:
		return reports.Warn, w.sayf("推算到月末将达到上限（%s%%）", "over the limit (%s %%) by the month's end at this pace", c.LimitPct)
	}
	return reports.Good, w.sayf("低于上限（%s%%）", "under the limit (%s %%)", c.LimitPct)
}

// decisions are what somebody has to do or to settle, the dearest first.
func (w words) decisions(s Summary) reports.Section {
	d := reports.Section{Title: w.say("需要处理", "What needs a decision")}
	w.decideAlerts(&d, s)
	w.decideBill(&d, s)
	w.decideRecords(&d, s)
	w.decideComplaints(&d)
	w.decidePackages(&d)
	w.decideNumbers(&d)
	if len(d.Lines) == 0 {
		d.AddToned(reports.Good, w.say("无", "Nothing"), "", "", w.say("本月没有需要处理的事项", "nothing needs a decision this month"))
	}
	return d
}

// decideAlerts points at the alerts, which stand below in full.
func (w words) decideAlerts(d *reports.Section, s Summary) {
	if len(s.Alerts) == 0 {
		return
	}
	tone := reports.Warn
	if slices.ContainsFunc(s.Alerts, func(a Alert) bool { return a.Tone == "bad" }) {
		tone = reports.Bad
	}
	d.From("alerts")
	d.AddToned(tone, w.say("未解除的告警", "Open alerts"), "", fmt.Sprint(len(s.Alerts)),
		w.sayf("最严重的：%s；详见下文", "the gravest: %s; told in full below", w.say(s.Alerts[0].TitleZH, s.Alerts[0].TitleEN)))
}

func (w words) decideBill(d *reports.Section, s Summary) {
	d.From("reconciliation_reasons")
	if s.Bill.Exceeds {
		d.AddToned(reports.Bad, w.say("账单有未解释的差额", "The bill has differences without a reason"), "diff_cny", s.Bill.UnexplainedCNY,
			w.say("核对账单名称与价格，或向厂商提出异议", "check names and prices of the bill, or object to it"))
	}
	if b := s.Bill.BetterRules; b != nil {
		d.From("border_rules")
		d.AddToned(reports.Warn, w.say("另一种边界规则更符合账单", "Other border rules fit the bill better"), "", b.SettleBy+", "+b.ZeroSecondMin,
			w.say("决定是否更改 settle_by 与 zero_second_min", "decide on settle_by and zero_second_min"))
	}
}

func (w words) decideRecords(d *reports.Section, s Summary) {
	c := s.Coverage
	d.From("coverage")
	if c.HoleHours > 0 {
		d.AddToned(reports.Bad, w.say("有没有话单的小时", "Hours without records"), "call_count", fmt.Sprint(c.HoleHours),
			w.sayf("最早 %s；补齐存档后重新运行", "the first %s; find the archive's missing files and run again", c.FirstHoleAt))
	}
	d.From("missing_cdrs")
	if c.Recoverable > 0 {
		d.AddToned(reports.Warn, w.say("可找回的话单", "Records that can be fetched"), "call_count", fmt.Sprint(c.Recoverable),
			w.sayf("从厂商控制台导出；最早的还剩 %d 天", "export them from the vendor's console; the first has %d days left", c.DaysLeft))
	}
}

func (w words) decideComplaints(d *reports.Section) {
	c := w.Complaints
	if _, given := w.table("complaints"); !given || c == nil || c.NumbersInUse == 0 {
		return
	}
	if tone, word := w.complaintStatus(*c); tone != reports.Good {
		d.From("complaints_by_x_number")
		d.AddToned(tone, w.say("投诉率", "Complaint rate"), "rate_pct", c.RatePct, word+w.say("；处理被投诉的号码与应用", "; deal with the numbers and apps complained of"))
	}
}

func (w words) decidePackages(d *reports.Section) {
	d.From("packages")
	for _, p := range w.Packages {
		unit := w.say("分钟", "min")
		if p.Item != "call" {
			unit = w.say("条短信", "SMS")
		}
		switch {
		case p.Status == "active" && p.ForecastLapsing > 0:
			d.AddToned(reports.Warn, w.say("套餐包将作废", "Package will lapse: ")+p.PackageID, "", fmt.Sprint(p.ForecastLapsing)+" "+unit,
				w.sayf("%s 失效；少买或提高用量", "it ends %s; buy less, or use more", strings.TrimSuffix(p.EndsAt, " 00:00:00")))
		case p.Status == "active" && p.ForecastEmptyDate != "" && p.Item == "call":
			d.AddToned(reports.Warn, w.say("套餐包将用完：", "Package runs out: ")+p.PackageID, "", p.ForecastEmptyDate,
				w.say("此后按目录价；见“套餐建议”", "from then on at list price; see Package advice"))
		}
	}
}

func (w words) decideNumbers(d *reports.Section) {
	if f := w.Savings; f.IdleCount > 0 {
		d.From("idle_numbers")
		d.AddToned(reports.Warn, w.say("闲置号码", "Idle numbers"), "number_count", fmt.Sprint(f.IdleCount),
			w.sayf("%s 前退订，每月节省 %s 元", "returned by %s they save %s CNY a month", f.ReturnByDate, f.IdleSavingCNY))
	}
	if _, given := w.table("numbers"); given && w.Numbers.Guessed > 0 {
		d.From("numbers")
		d.AddToned(reports.Warn, w.say("号码表中没有的号码", "Numbers missing in the table"), "number_count", fmt.Sprint(w.Numbers.Guessed),
			w.say("补入号码表：类型与月租现为推测", "add them: their kind and rent are guessed"))
	}
}
