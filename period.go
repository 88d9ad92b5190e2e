package xtally

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/xtally/xtally/reports"
)

// Period is a stretch of whole months, or of days, Beijing time.
type Period struct{ first, until time.Time }

// ParsePeriod reads the first and the last month (2026-07) or day (2026-10-05) of a
// period, both of one kind. Without the last it goes on to now.
func ParsePeriod(from, to string, now time.Time) (Period, error) {
	layout, want := "2006-01", "a month, such as 2026-07"
	if len(from) > len(layout) {
		layout, want = time.DateOnly, "a day, such as 2026-10-05"
	}
	if to == "" {
		to = now.In(beijing).Format(layout)
	}
	first, err := time.ParseInLocation(layout, from, beijing)
	if err != nil {
		return Period{}, fmt.Errorf("from %q: want a month (2026-07) or a day (2026-10-05)", from)
	}
	last, err := time.ParseInLocation(layout, to, beijing)
	if err != nil {
		return Period{}, fmt.Errorf("to %q: want %s, as from is one", to, want)
	}
	if last.Before(first) {
		return Period{}, fmt.Errorf("from %s to %s: ends before it begins", from, to)
	}
	until := last.AddDate(0, 0, 1)
	if layout == "2006-01" {
		until = last.AddDate(0, 1, 0)
	}
	return Period{first, until}, nil
}

// String returns the period as its folder is named: 2026-07_2026-09.
func (p Period) String() string { return reports.Options{Month: p.first, Until: p.until}.Period() }

// has tells whether a month (2026-10) is in the period, wholly or in part.
func (p Period) has(month string) bool {
	return month >= p.first.Format("2006-01") && month <= p.until.AddDate(0, 0, -1).Format("2006-01")
}

// ReportPeriod writes the reports of several months, or of days, into dir/PERIOD: as
// [Tally.Report] does for a month, with totals_by_month, which sets the months beside
// each other. Closed months have the charges they were closed with. Over days there
// is no rent, and what goes by the month (packages, bill, numbers) is left out. A
// month that is not in the database counts as nothing; the first sheet names the
// months there are.
func (t *Tally) ReportPeriod(ctx context.Context, dir string, p Period, o ReportOptions) ([]reports.File, error) {
	ro, err := t.periodOptions(ctx, p, o)
	if err != nil {
		return nil, err
	}
	return t.writeReports(ctx, filepath.Join(dir, p.String()), ro, o)
}

func (t *Tally) periodOptions(ctx context.Context, p Period, o ReportOptions) (reports.Options, error) {
	last := p.until.AddDate(0, 0, -1)
	ro, err := t.commonOptions(ctx, MonthOf(last.Year(), last.Month()), o)
	if err != nil {
		return ro, err
	}
	ro.Month, ro.Until = p.first, p.until
	ro.Provisional = t.o.now().Before(p.until)
	ro.Provenance = append([]reports.KV{{Key: "period", Value: p.String()}}, ro.Provenance...)
	status, err := t.Status(ctx)
	if err != nil {
		return ro, err
	}
	ro.Sections = []reports.Section{words{lang: o.Lang}.monthsOf(p, status)}
	return ro, nil
}

// monthsOf tells what stands behind a period's total, month by month.
func (w words) monthsOf(p Period, s Status) reports.Section {
	section := reports.Section{Title: w.say("各月", "The months")}
	closed := map[string]bool{}
	for _, c := range s.Closings {
		closed[c.Month] = closed[c.Month] || c.ReopenedAt == ""
	}
	for _, m := range s.Months {
		if !p.has(m.Month) {
			continue
		}
		state := w.say("未关账", "open")
		if closed[m.Month] {
			state = w.say("已关账", "closed")
		}
		tone, stamp, _ := w.stamp(Completeness{Stamp: m.Stamp})
		section.AddToned(tone, m.Month, "total_cny", m.TotalCNY, w.sayf("整月合计；%s；话单：%s；通话 %d", "total of the whole month; %s; call records: %s; calls: %d",
			state, stamp, m.Calls))
	}
	if len(section.Lines) == 0 {
		section.Add(w.say("月份", "Months"), "", w.say("无", "none"), w.say("数据库中没有这段时间的数据", "the database holds nothing of this period"))
	}
	return section
}
