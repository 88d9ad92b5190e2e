package xtally_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports/mail"
)

// invented writes an archive, a call a line.
type invented struct {
	lines []string
}

// call adds a call of so many minutes that ends at the time, in Beijing; with
// 0 minutes it is not answered and has the release code.
func (i *invented) call(app string, end time.Time, minutes, code int) {
	utc := end.Add(-8 * time.Hour)
	answer := ""
	if minutes > 0 {
		answer = utc.Add(-time.Duration(minutes) * time.Minute).Format(time.DateTime)
	}
	i.lines = append(i.lines, fmt.Sprintf(`{"eventType":"fee","feeLst":[{"appKey":%q,"icid":"c-%d","bindNum":"+8617000000001","callerNum":"+8619900000001","calleeNum":"+8617000000001","fwdDstNum":"+8619900000002","serviceType":"004","callInTime":%q,"fwdAnswerTime":%q,"callEndTime":%q,"ulFailReason":%d}]}`,
		app, len(i.lines), utc.Add(-time.Duration(minutes)*time.Minute-10*time.Second).Format(time.DateTime), answer, utc.Format(time.DateTime), code))
}

func (i *invented) write(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "in.ndjson")
	mustWrite(t, file, []byte(strings.Join(i.lines, "\n")+"\n"))
	return file
}

// on is an hour of a day of November 2026, on Beijing's clock.
func on(day, hour int) time.Time {
	return time.Date(2026, time.November, day, hour, 30, 0, 0, time.UTC)
}

// weekly are calls on Fridays: 60 minutes on four, and then so many on the 13th.
func weekly(last int) *invented {
	i := &invented{}
	for _, day := range []int{-15, -8, -1, 6} { // 16, 23, 30 October, 6 November
		i.call("app-a", on(day, 10), 60, 0)
	}
	i.call("app-a", on(13, 10), last, 0)
	return i
}

// refused are 100 calls on each of ten days and 100 on the next, of which some
// were refused with a code.
func refused(code, before, after int) *invented {
	i := &invented{}
	for day := 1; day <= 11; day++ {
		n := before
		if day == 11 {
			n = after
		}
		for c := range 100 {
			if c < n {
				i.call("app-a", on(day, 9), 0, code)
			} else {
				i.call("app-a", on(day, 9), 1, 0)
			}
		}
	}
	return i
}

// TestAlertRules has a case for each rule that fires, and one that misses
// narrowly. The clock stands at noon of 15 November 2026 in Beijing.
func TestAlertRules(t *testing.T) {
	unraced(t)
	status := func(cause string) *invented {
		i := weekly(60)
		i.lines = append(i.lines, `{"received_at":"2026-11-12 10:00:00","headers":{},"body":{"eventType":"numStatus","numInfo":[{"number":"+8617000000001","status":"10","cause":"`+cause+`"}]}}`)
		return i
	}
	hourly := func(without int) *invented {
		i := &invented{}
		for _, day := range []int{-10, -3, 4, 11} {
			for range 10 {
				if day != without {
					i.call("app-a", on(day, 10), 1, 0)
				}
			}
			i.call("app-a", on(day, 14), 1, 0)
		}
		return i
	}
	for name, c := range map[string]struct {
		in     *invented
		rules  xtally.AlertRules
		tables map[string]string
		want   string // the key of the one alert of the rule, with its cost
		rule   string
	}{
		"day over its limit":        {in: weekly(61), rules: xtally.AlertRules{DayMinutes: 60}, rule: "day_over_limit", want: "day_over_limit:app-a:2026-11-13 3.66"},
		"day at its limit":          {in: weekly(60), rules: xtally.AlertRules{DayMinutes: 60}, rule: "day_over_limit"},
		"day's cost over its limit": {in: weekly(61), rules: xtally.AlertRules{DayCostCNY: "3.65"}, rule: "day_over_limit", want: "day_over_limit:app-a:2026-11-13 3.66"},
		// 60 is the median, the spread a tenth of it: 60 + 5 x 6 = 90, and 100 more are 160.
		"unusual day":          {in: weekly(160), rule: "day_unusual", want: "day_unusual:app-a:2026-11-13 6.00"},
		"nearly unusual":       {in: weekly(159), rule: "day_unusual"},
		"not above the spread": {in: weekly(90), rules: xtally.AlertRules{UnusualLeastMin: 1, UnusualLeastCNY: "0.01"}, rule: "day_unusual"},
		// 10 of 310 min are left on the 13th. 240 in the last 28 days empty them in two,
		// on the 15th, 198 days before the end; November's pace is 120 min in 13 days,
		// at 0.06: 0.06 x 120 / 13 x 198.
		"package nearly empty": {in: weekly(60), rule: "package_runs_out",
			tables: map[string]string{"packages": "package_id,minutes,sms,price_cny,valid_from,valid_to\np-1,310,0,10,2026-10-01,2027-06-01\n"},
			want:   "package_runs_out:call:2027-06-01 109.66"},
		"package with another behind it": {in: weekly(60), rule: "package_runs_out",
			tables: map[string]string{"packages": "package_id,minutes,sms,price_cny,valid_from,valid_to\np-1,310,0,10,2026-10-01,2027-06-01\np-2,9000,0,10,2026-10-01,2027-07-01\n"}},
		// 700 left, 7 days at 240 in 28 days take 60: 640 of 1000 lapse, 64.00 of 100.00.
		"package that will lapse": {in: weekly(60), rule: "package_left",
			tables: map[string]string{"packages": "package_id,minutes,sms,price_cny,valid_from,valid_to\np-1,1000,0,100,2026-10-01,2026-11-20\n"},
			want:   "package_left:p-1:call 64.00"},
		"package that ends later": {in: weekly(60), rule: "package_left", rules: xtally.AlertRules{PackageDays: 6},
			tables: map[string]string{"packages": "package_id,minutes,sms,price_cny,valid_from,valid_to\np-1,1000,0,100,2026-10-01,2026-11-20\n"}},
		"complaint": {in: weekly(60), rule: "complaint_rate",
			tables: map[string]string{"complaints": "complaint_date,x_number\n2026-11-03,+8617000000001\n"}, want: "complaint_rate::2026-11 "},
		"complaint of long ago": {in: weekly(60), rule: "complaint_rate",
			tables: map[string]string{"complaints": "complaint_date,x_number\n2026-09-03,+8617000000001\n"}},
		"account frozen":             {in: refused(7108, 0, 1), rule: "account_frozen", want: "account_frozen:app-a "},
		"another code of the tenant": {in: refused(7106, 0, 1), rule: "account_frozen"},
		"number in arrears":          {in: status("2"), rule: "number_arrears", want: "number_arrears:(none) "},
		"number deleted":             {in: status("1"), rule: "number_arrears"},
		// 8 of 100 before; three times its share are 24 of 100.
		"more calls on a blocklist": {in: refused(7004, 8, 24), rule: "control_codes", want: "control_codes:app-a:7004 "},
		"nearly so many":            {in: refused(7004, 8, 23), rule: "control_codes"},
		"few calls":                 {in: refused(7004, 0, 19), rule: "control_codes"},
		"hour without records":      {in: hourly(11), rule: "records_missing", want: "records_missing::2026-11-11 "},
		"hours with records":        {in: hourly(0), rule: "records_missing"},
		"rule that is off":          {in: refused(7108, 0, 1), rules: xtally.AlertRules{Off: []string{"account_frozen"}}, rule: "account_frozen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tally := mustOpen(t, "", xtally.WithAlertRules(c.rules))
			var tables xtally.Tables
			for table, text := range c.tables {
				file := filepath.Join(t.TempDir(), table+".csv")
				mustWrite(t, file, []byte(text))
				*map[string]*string{"packages": &tables.Packages, "complaints": &tables.Complaints}[table] = file
			}
			mustLoadTables(t, tally, tables)
			mustLoad(t, tally, c.in.write(t))
			mustBuild(t, tally)
			var got []string
			for _, a := range mustAlerts(t, tally) {
				if a.Rule == c.rule {
					got = append(got, a.Key+" "+a.CostCNY)
				}
			}
			want := []string{}
			if c.want != "" {
				want = append(want, c.want)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// mustAlerts asks the rules and lists what is open.
func mustAlerts(t *testing.T, tally *xtally.Tally) []xtally.Alert {
	t.Helper()
	if err := tally.CheckAlerts(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := tally.Alerts(t.Context(), xtally.Month{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAlertHistory: a replay and a rebuild give no second alert, what is over
// is resolved, and what comes again is new.
func TestAlertHistory(t *testing.T) {
	unraced(t)
	now := midNovember()
	tally := mustOpen(t, "", xtally.WithClock(func() time.Time { return now }))
	file := refused(7108, 0, 1).write(t)
	complaints := filepath.Join(t.TempDir(), "complaints.csv")
	mustWrite(t, complaints, []byte("complaint_date,x_number\n2026-11-03,+8617000000001\n"))
	count := func(when string, want ...string) []xtally.Alert {
		t.Helper()
		all := mustAlerts(t, tally)
		var got []string
		for _, a := range all {
			got = append(got, a.Rule)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", when, got, want)
		}
		return all
	}
	mustLoadTables(t, tally, xtally.Tables{Complaints: complaints})
	mustLoad(t, tally, file)
	mustBuild(t, tally)
	first := count("at first", "account_frozen", "complaint_rate")
	mustLoad(t, tally, file)
	mustBuild(t, tally)
	count("the same again", "account_frozen", "complaint_rate")
	now = now.AddDate(0, 0, 1)
	if _, err := tally.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	later := count("after a rebuild", "account_frozen", "complaint_rate")
	if later[0].FirstSeenAt != first[0].FirstSeenAt || later[0].LastSeenAt <= first[0].LastSeenAt {
		t.Errorf("first seen %s and last %s became %s and %s", first[0].FirstSeenAt, first[0].LastSeenAt, later[0].FirstSeenAt, later[0].LastSeenAt)
	}
	mustLoadTables(t, tally, xtally.Tables{})
	mustBuild(t, tally)
	count("without the complaint", "account_frozen")
	mustLoadTables(t, tally, xtally.Tables{Complaints: complaints})
	mustBuild(t, tally)
	now = now.AddDate(0, 0, 1)
	if again := count("with it again", "account_frozen", "complaint_rate"); again[1].FirstSeenAt <= first[1].FirstSeenAt {
		t.Errorf("the complaint that came again is told since %s", again[1].FirstSeenAt)
	}
}

// TestAlertsOfTheSchedule: a mail that waits too long, records that stopped and
// a bill that is late are told where jobs run; a mail's subject counts what no
// mail has told, and the same mail does not go twice for that.
func TestAlertsOfTheSchedule(t *testing.T) {
	now := midNovember()
	sender := &alertSender{}
	tally := mustOpen(t, "", xtally.WithClock(func() time.Time { return now }), xtally.WithMailer(sender))
	task := xtally.Task{Name: "month", Kind: xtally.TaskRun, Reason: "scheduled", To: []string{"boss@example.com"}, Job: xtally.Job{
		Archive: []string{refused(7108, 0, 1).write(t)}, Month: xtally.MonthOf(2026, time.November), Out: t.TempDir(), Report: csvOnly("charges_by_app", "alerts"),
	}}
	complaints := filepath.Join(t.TempDir(), "complaints.csv")
	mustWrite(t, complaints, []byte("complaint_date,x_number\n2026-11-03,+8617000000001\n"))
	for i := range 4 {
		if i == 2 {
			task.Job.Tables.Complaints = complaints
		}
		if _, err := tally.Do(t.Context(), task); err != nil {
			t.Fatal(err)
		}
	}
	// The second run has nothing new, the third a complaint, the fourth nothing.
	if len(sender.sent) != 2 {
		t.Fatalf("got %d mails, want 2", len(sender.sent))
	}
	for i, want := range []struct{ subject, word string }{{"[new alerts: 2] ", "7108"}, {"[new alerts: 1] ", "Complaint rate"}} {
		if m := sender.sent[i]; !strings.HasPrefix(m.Subject, want.subject) || !strings.Contains(m.Text, want.word) {
			t.Errorf("mail %d: %v is wanted, got %s\n%s", i, want, m.Subject, m.Text)
		}
	}
	rules := func() (names []string) {
		for _, a := range mustAlerts(t, tally) {
			names = append(names, a.Rule)
		}
		slices.Sort(names)
		return names
	}
	if got, want := rules(), []string{"account_frozen", "complaint_rate", "records_stopped"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	m := mail.Message{Subject: "x", Key: "k"}
	if _, err := tally.Post(t.Context(), m, xtally.Posted{Job: "month"}, "boss@example.com"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(24*time.Hour - time.Second)
	if slices.Contains(rules(), "mail_overdue") {
		t.Error("a mail that waits for less than 24 hours is told")
	}
	now = now.Add(time.Second)
	if !slices.Contains(rules(), "mail_overdue") {
		t.Error("a mail that waits for 24 hours is not told")
	}
}

// TestBillOverdue: September's final bill is late from 6 October on, where
// bills are loaded at all.
func TestBillOverdue(t *testing.T) {
	unraced(t)
	for name, c := range map[string]struct {
		day  int
		bill string
		want int
	}{
		"late":            {6, "testdata/bill_agrees/bill", 1},
		"not late yet":    {5, "testdata/bill_agrees/bill", 0},
		"no bills at all": {6, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, time.October, c.day, 4, 0, 0, 0, time.UTC)
			tally := mustOpen(t, "", xtally.WithClock(func() time.Time { return now }))
			i := &invented{}
			i.call("app-a", time.Date(2026, time.September, 30, 10, 0, 0, 0, time.UTC), 1, 0)
			mustLoad(t, tally, i.write(t))
			if c.bill != "" {
				mustLoadBill(t, tally, c.bill)
			}
			mustBuild(t, tally)
			n := 0
			for _, a := range mustAlerts(t, tally) {
				if a.Rule == "bill_overdue" {
					n++
				}
			}
			if n != c.want {
				t.Errorf("%d bills are told to be late, want %d", n, c.want)
			}
		})
	}
}

// alertSender keeps what is sent.
type alertSender struct{ sent []mail.Message }

func (s *alertSender) Send(_ context.Context, m mail.Message, _ string) error {
	s.sent = append(s.sent, m)
	return nil
}
