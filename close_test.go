package xtally_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally"
)

// aCall is a callback of one call of app-a on a number of a virtual carrier,
// answered at a UTC time, of so many seconds.
func aCall(id, answered string, seconds int) string {
	at, err := time.Parse(time.DateTime, answered)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"eventType":"fee","feeLst":[{"appKey":"app-a","icid":%q,"bindNum":"+8617000000001","serviceType":"004",`+
		`"callInTime":%q,"fwdAnswerTime":%q,"callEndTime":%q,"ulFailReason":0}]}`+"\n",
		id, answered, answered, at.Add(time.Duration(seconds)*time.Second).Format(time.DateTime))
}

// loadCalls loads the calls as a file of that name, and builds.
func loadCalls(t *testing.T, tally *xtally.Tally, name string, calls ...string) xtally.BuildResult {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	mustWrite(t, path, []byte(strings.Join(calls, "")))
	mustLoad(t, tally, path)
	return mustBuild(t, tally)
}

func mustClose(t *testing.T, tally *xtally.Tally, month xtally.Month) xtally.Closing {
	t.Helper()
	c, err := tally.CloseMonth(t.Context(), month, xtally.CloseOptions{Report: csvOnly()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// dearer raises the list price of a minute from 0.06 to 0.07.
var dearer = map[string]func(string) string{"seeds/prices.sql": replaced("'0.06'", "'0.07'")}

// TestClosedMonthOutlivesModels: other models make all of it anew, and the
// closed month stays; the difference is noted: 2 min x 0.01.
func TestClosedMonthOutlivesModels(t *testing.T) {
	unraced(t)
	t.Parallel()
	db := filepath.Join(t.TempDir(), "test.duckdb")
	tally := mustOpen(t, db)
	loadCalls(t, tally, "a.ndjson", aCall("k-1", "2026-10-05 02:00:00", 61))
	mustClose(t, tally, october)
	before := publishedReports(t, tally)
	tally.Close()

	tally = mustOpen(t, db, xtally.WithSQL(corrupted(t, dearer)))
	r := mustBuild(t, tally)
	if diff := cmp.Diff([]xtally.Adjustment{{Month: "2026-10", Lines: 1, TotalCNY: "0.02"}}, r.Adjustments); diff != "" {
		t.Errorf("adjustments (-want +got):\n%s", diff)
	}
	for _, name := range []string{"charges_by_app", "charges_by_mode", "charges_by_x_number"} {
		if got := export(t, tally, name, october); got != before[name] {
			t.Errorf("%s of a closed month changed from %s to %s", name, before[name], got)
		}
	}
	want := "month,noticed_date,entry,app_key,x_number,call_count,billed_min,package_min,call_charge_cny,sms_count,sms_charge_cny,rent_cny,total_cny,reason\n" +
		"2026-10,2026-11-15,1,app-a,+8617000000001,0,0,0,0.02,0,0.00,0.00,0.02,计费模型或设置变更\n"
	if diff := cmp.Diff(want, export(t, tally, "adjustments", october)); diff != "" {
		t.Errorf("adjustments (-want +got):\n%s", diff)
	}
	if s := mustSummary(t, tally, october); s.TotalCNY != "5.12" || s.Closed == nil || s.Closed.AdjustmentCNY != "0.02" {
		t.Errorf("total %s, closed %+v; want 5.12 and 0.02 found since", s.TotalCNY, s.Closed)
	}
	// What was noted is not noted again.
	if r, err := tally.Rebuild(t.Context()); err != nil || len(r.Adjustments) > 0 {
		t.Errorf("a rebuild found %v (%v), want nothing", r.Adjustments, err)
	}
}

// TestClosedMonthAndPackages: a late call of September takes 2 of the 3 minutes
// that closed October had from the package; October would pay them, 0.12.
func TestClosedMonthAndPackages(t *testing.T) {
	unraced(t)
	t.Parallel()
	tally := mustOpen(t, "")
	packages := filepath.Join(t.TempDir(), "packages.csv")
	mustWrite(t, packages, []byte("package_id,minutes,sms,price_cny,bought_at\npkg-1,3,0,1.00,2026-09-01 00:10\n"))
	mustLoadTables(t, tally, xtally.Tables{Packages: packages})
	loadCalls(t, tally, "a.ndjson", aCall("k-1", "2026-10-05 02:00:00", 180))
	if c := mustClose(t, tally, october); c.TotalCNY != "5.00" {
		t.Errorf("closed at %s, want the rent of 5.00", c.TotalCNY)
	}
	r := loadCalls(t, tally, "b.ndjson", aCall("k-2", "2026-09-05 02:00:00", 120))
	if diff := cmp.Diff([]xtally.Adjustment{{Month: "2026-10", Lines: 1, TotalCNY: "0.12"}}, r.Adjustments); diff != "" {
		t.Errorf("adjustments (-want +got):\n%s", diff)
	}
	want := "2026-10,2026-11-15,1,app-a,+8617000000001,0,0,-2,0.12,0,0.00,0.00,0.12,套餐抵扣随其他月份变化\n"
	if got := export(t, tally, "adjustments", october); !strings.HasSuffix(got, want) {
		t.Errorf("adjustments %s, want the last line %s", got, want)
	}
}

// TestCloseRefuses: what is not settled cannot be closed.
func TestCloseRefuses(t *testing.T) {
	unraced(t)
	t.Parallel()
	midOctober := func() time.Time { return time.Date(2026, time.October, 15, 4, 0, 0, 0, time.UTC) }
	tally := mustOpen(t, "", xtally.WithClock(midOctober))
	loadCalls(t, tally, "a.ndjson", aCall("k-1", "2026-10-05 02:00:00", 61))
	prices := filepath.Join(t.TempDir(), "prices.csv")
	mustWrite(t, prices, []byte("item,price_cny\ncall,0.05\n"))

	refused := func(o xtally.CloseOptions, want string) {
		t.Helper()
		if _, err := tally.CloseMonth(t.Context(), october, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
	refused(xtally.CloseOptions{}, "the month is not over")
	refused(xtally.CloseOptions{Force: true, Report: csvOnly("charges_by_app")}, "give no names")
	mustLoadTables(t, tally, xtally.Tables{Prices: prices})
	refused(xtally.CloseOptions{Force: true}, "tables were read that nothing is built with")
	mustBuild(t, tally)

	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tally.CloseMonth(cancelled, october, xtally.CloseOptions{Force: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want Canceled", err)
	}
	if all, err := tally.Closings(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("closings %v (%v), want none", all, err)
	}
	if c, err := tally.CloseMonth(t.Context(), october, xtally.CloseOptions{Force: true, Report: csvOnly()}); err != nil || c.TotalCNY != "5.10" {
		t.Errorf("closed at %s (%v), want 5.10", c.TotalCNY, err)
	}
	if _, err := tally.ReopenMonth(t.Context(), october, "  "); err == nil || !strings.Contains(err.Error(), "no reason given") {
		t.Errorf("error %v, want one that asks for a reason", err)
	}
	if _, err := tally.ReopenMonth(t.Context(), xtally.MonthOf(2026, time.September), "why"); !errors.Is(err, xtally.ErrNotClosed) {
		t.Errorf("error %v, want ErrNotClosed", err)
	}
}

// TestDamagedClosedFile: a kept file that does not match its hash is not given out.
func TestDamagedClosedFile(t *testing.T) {
	unraced(t)
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.duckdb")
	tally := mustOpen(t, path)
	loadCalls(t, tally, "a.ndjson", aCall("k-1", "2026-10-05 02:00:00", 61))
	mustClose(t, tally, october)
	tally.Close()

	execAll(t, path, []string{"update raw.closed_files set sha256 = 'other' where name = 'charges_by_app.csv'"})

	tally = mustOpen(t, path)
	out := t.TempDir()
	o := xtally.ReportOptions{AsClosed: true}
	if _, err := tally.Report(t.Context(), out, october, o); err == nil || !strings.Contains(err.Error(), "charges_by_app.csv in the database is damaged") {
		t.Errorf("error %v, want one that names the file", err)
	}
	if left, _ := os.ReadDir(out); len(left) > 0 {
		t.Errorf("written: %v", left)
	}
}

// closedCorruptions are those that only a closed month can notice.
var closedCorruptions = map[string]corruption{
	"what came late is lost": {"adjustments_explain_closed_months", map[string]func(string) string{
		"seeds/prices.sql":        dearer["seeds/prices.sql"],
		"closing/adjustments.sql": wrapped("select * from (%s) as model where false"),
	}},
	"a closed month is charged anew": {"closed_months_keep_their_figures", map[string]func(string) string{
		"marts/charges_by_app.sql": wrapped("select * replace (cast(total_cny + 1 as decimal(18, 2)) as total_cny) from (%s) as model"),
	}},
}

func TestClosedChecks(t *testing.T) {
	unraced(t)
	t.Parallel()
	db := filepath.Join(t.TempDir(), "test.duckdb")
	tally := mustOpen(t, db)
	loadCalls(t, tally, "a.ndjson", aCall("k-1", "2026-10-05 02:00:00", 61))
	mustClose(t, tally, october)
	tally.Close()
	for name, c := range closedCorruptions {
		t.Run(name, func(t *testing.T) {
			tally := mustOpen(t, db, xtally.WithSQL(corrupted(t, c.models)))
			defer tally.Close()
			_, err := tally.Build(t.Context())
			var checkError *xtally.CheckError
			if !errors.As(err, &checkError) || checkError.Check != c.check {
				t.Errorf("error %v, want check %s", err, c.check)
			}
		})
	}
}
