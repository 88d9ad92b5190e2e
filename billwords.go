package xtally

import (
	"fmt"

	"github.com/xtally/xtally/reports"
)

// coverage is the stamp: whether the records are all there.
func (w words) coverage(c Completeness) reports.Section {
	s := reports.Section{Title: w.say("数据完整性", "Completeness")}
	s.From("coverage")
	tone, value, remark := w.stamp(c)
	s.AddToned(tone, w.say("话单", "Call records"), "", value, remark)
	if c.MissingCDRs == 0 {
		return s
	}
	s.From("missing_cdrs")
	remark = w.say("有事件而没有话单；厂商控制台已不再保留", "calls with events but no record; the vendor's console keeps none of them any more")
	if c.Recoverable > 0 {
		remark = w.sayf("有事件而没有话单；其中 %d 通仍可在厂商控制台查到，最早的还剩 %d 天；见“缺失话单”",
			"calls with events but no record; %d can still be fetched from the vendor's console, the first for %d more days; see Missing records", c.Recoverable, c.DaysLeft)
	}
	s.AddToned(reports.Warn, w.say("缺失话单", "Missing records"), "call_count", fmt.Sprint(c.MissingCDRs), remark)
	return s
}

// stamp puts the stamp into words.
func (w words) stamp(c Completeness) (tone reports.Tone, value, remark string) {
	switch c.Stamp {
	case "complete":
		return reports.Good, w.say("齐全", "complete"), w.sayf("共 %d 小时，没有缺口", "hours: %d, no hole", c.Hours)
	case "suspect":
		return reports.Warn, w.say("可疑", "suspect"), w.sayf("共 %d 小时，可疑 %d 小时；见“数据完整性”", "hours: %d, suspect: %d; see Coverage", c.Hours, c.SuspectHours)
	case "holes":
		return reports.Bad, w.say("有缺口", "holes"), w.sayf("共 %d 小时，缺口 %d 小时（最早 %s），可疑 %d 小时；见“数据完整性”",
			"hours: %d, holes: %d (the first %s), suspect: %d; see Coverage", c.Hours, c.HoleHours, c.FirstHoleAt, c.SuspectHours)
	}
	return reports.Plain, w.say("未知", "not known"), w.say("本月没有任何数据", "nothing is known of the month")
}

// stampLine is the stamp in one line, for notes and the manifest.
func (w words) stampLine(c Completeness) string {
	_, value, remark := w.stamp(c)
	return w.sayf("话单%s：%s。", "Call records: %s; %s", value, remark)
}

// bill tells how the vendor's bill compares, what has no reason first.
func (w words) bill(r Reconciliation) reports.Section {
	s := reports.Section{Title: w.say("账单核对", "The vendor's bill")}
	s.From("reconciliation")
	if !r.HasBill {
		s.Add(w.say("账单", "Bill"), "", w.say("无", "none"), w.say("未提供本月的账单", "no bill was given for this month"))
		return s
	}
	issue := w.say("暂估账单：每月 3 日出具最终账单", "provisional; the final bill is issued on the 3rd")
	if r.IsFinal {
		issue = w.say("最终账单", "final")
	}
	s.Add(w.say("账单", "Bill"), "bill_cny", r.BillCNY, issue)
	s.Add(w.say("我方", "Ours"), "ours_cny", r.OursCNY, w.say("含本月购买的套餐价款", "with the packages bought in the month"))
	s.Add(w.say("差额", "Difference"), "diff_cny", r.DiffCNY, w.say("账单 − 我方", "bill less ours"))
	s.From("reconciliation_reasons")
	for _, d := range r.Reasons {
		tone, remark := reports.Plain, ""
		if d.Reason == "unexplained" || d.Reason == "unmapped_row" {
			tone, remark = reports.Bad, w.say("未解释；见“差额原因”与“账单名称对应”", "UNEXPLAINED; see Reasons and Bill names")
		}
		s.AddToned(tone, "· "+w.say(d.NameZH, d.NameEN), "diff_cny", d.DiffCNY, remark)
	}
	if b := r.BetterRules; b != nil {
		s.From("border_rules")
		s.AddToned(reports.Warn, w.say("规则检验", "Border rules"), "", fmt.Sprintf("settle_by %s, zero_second_min %s", b.SettleBy, b.ZeroSecondMin),
			w.sayf("与账单更接近：差 %s 分钟（%d 小时），当前设置 %s、%s 差 %s 分钟（%d 小时）；未切换",
				"fits the bill better: %s min differ (hours: %d), with %s and %s in force %s min (hours: %d); not switched",
				b.DifferingMin, b.DifferingHours, b.SettleByInForce, b.ZeroSecondMinInForce, b.DifferingMinInForce, b.DifferingHoursInForce))
	}
	return s
}

// billLine tells the bill in one line, for the manifest.
func (r Reconciliation) billLine() string {
	if !r.HasBill {
		return "none"
	}
	return fmt.Sprintf("%s: bill %s CNY, ours %s CNY, difference %s CNY, unexplained %s CNY", r.state(), r.BillCNY, r.OursCNY, r.DiffCNY, r.UnexplainedCNY)
}
