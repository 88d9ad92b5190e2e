package xtally_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

var update = flag.Bool("update", false, "rewrite testdata/*/want from what the models give; read the diff")

// october is the month of the cases unless their want folder names another.
var october = xtally.MonthOf(2026, time.October)

// midNovember is when the tests run: every month of the cases is over or under way.
func midNovember() time.Time { return time.Date(2026, time.November, 15, 4, 0, 0, 0, time.UTC) }

// unraced skips a test that is about figures and not about goroutines when the race
// detector is on: it would only take longer.
func unraced(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("told without the race detector")
	}
}

// TestCases runs every folder of testdata that has input and wanted reports.
// A case with in-1, in-2 is loaded and built in that many rounds, and again in
// the opposite order: the reports must not tell the difference. Its folder
// tables holds the tables kept by hand, bill the vendor's bill, its file rules
// what is set otherwise.
func TestCases(t *testing.T) {
	for _, dir := range caseDirs(t) {
		if raced && !strings.HasPrefix(filepath.Base(dir), "form_") {
			continue // those of the readers, which have goroutines
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			rounds := glob(t, dir, "in*")
			runCase(t, dir, rounds)
			if len(rounds) > 1 {
				slices.Reverse(rounds)
				runCase(t, dir, rounds)
			}
		})
	}
}

// runCase loads and builds the rounds one after another and compares the reports.
func runCase(t *testing.T, dir string, rounds []string) {
	t.Helper()
	tally := mustOpen(t, "", xtally.WithRules(caseRules(t, dir)))
	mustLoadTables(t, tally, caseTables(dir))
	if bill := filepath.Join(dir, "bill"); isThere(bill) {
		mustLoadBill(t, tally, bill)
	}
	for _, in := range rounds {
		mustLoad(t, tally, in)
		mustBuild(t, tally)
	}
	for _, want := range glob(t, dir, "want*") {
		out := t.TempDir()
		month := wantMonth(t, want)
		names := reportNames(t, want)
		o := csvOnly(names...)
		o.Unmask = "numbers as the case gives them" // the codes beside masked ones are of a random key
		if _, err := tally.Report(t.Context(), out, month, o); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			compareFile(t, filepath.Join(want, name+".csv"), filepath.Join(out, month.String(), name+".csv"))
		}
	}
}

// caseTables lists the tables that a case holds.
func caseTables(dir string) xtally.Tables {
	var tables xtally.Tables
	for name, path := range map[string]*string{
		"prices": &tables.Prices, "packages": &tables.Packages, "numbers": &tables.Numbers, "complaints": &tables.Complaints,
		"stats": &tables.Stats,
	} {
		if file := filepath.Join(dir, "tables", name+".csv"); isThere(file) {
			*path = file
		}
	}
	return tables
}

// caseRules reads a case's rules, lines like "split_rule: first_come".
func caseRules(t tester, dir string) xtally.Rules {
	t.Helper()
	var rules xtally.Rules
	file := filepath.Join(dir, "rules")
	if !isThere(file) {
		return rules
	}
	for line := range strings.Lines(string(mustRead(t, file))) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		field, ok := map[string]*string{
			"settle_by": &rules.SettleBy, "split_rule": &rules.SplitRule,
			"complaint_limit_pct": &rules.ComplaintLimitPct, "complaint_limit_faq_pct": &rules.ComplaintLimitFAQPct,
		}[name]
		if !ok {
			t.Fatalf("%s: no rule %q", file, name)
		}
		*field = value
	}
	return rules
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// compareFile compares byte by byte, or rewrites want with -update.
func compareFile(t *testing.T, want, got string) {
	t.Helper()
	g := mustRead(t, got)
	if *update {
		if err := os.WriteFile(want, g, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(splitLines(mustRead(t, want)), splitLines(g)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", want, diff)
	}
}

// TestRun is the same road in one call: it loads, builds, reports and sums up.
func TestRun(t *testing.T) {
	dir := filepath.Join("testdata", "started_minute_counts")
	tally := mustOpen(t, filepath.Join(t.TempDir(), "test.duckdb"))
	out := t.TempDir()
	r, err := tally.Run(t.Context(), xtally.Job{
		Archive: []string{filepath.Join(dir, "in")},
		Month:   october,
		Out:     out,
		Report:  xtally.ReportOptions{Formats: []reports.Format{reports.CSV}},
	})
	if err != nil {
		t.Fatal(err)
	}
	compareFile(t, filepath.Join(dir, "want", "charges_by_app.csv"), filepath.Join(out, "2026-10", "charges_by_app.csv"))
	type figures struct {
		Records, Calls, Minutes int64
		Total                   string
		Provisional             bool
	}
	want := figures{8, 8, 69, "9.14", false} // 69 min x 0.06, and 5.00 rent
	got := figures{r.Load.Records, r.Summary.Calls, r.Summary.BilledMin, r.Summary.TotalCNY, r.Summary.Provisional}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
	for _, f := range r.Reports {
		if _, err := os.Stat(filepath.Join(out, "2026-10", f.Name)); err != nil {
			t.Error(err)
		}
	}
	if r.Build.Checks == 0 {
		t.Error("no check was run")
	}
}

// TestRunReportsBesideABadFile: one bad file neither stops a night nor goes unseen.
func TestRunReportsBesideABadFile(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read every file")
	}
	in := t.TempDir()
	mustWrite(t, filepath.Join(in, "good.ndjson"), mustRead(t, "testdata/started_minute_counts/in/2026-10-05.ndjson"))
	mustWrite(t, filepath.Join(in, "secret.ndjson"), nil)
	if err := os.Chmod(filepath.Join(in, "secret.ndjson"), 0); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	tally := mustOpen(t, "")
	r, err := tally.Run(t.Context(), xtally.Job{Archive: []string{in}, Month: october, Out: out, Report: csvOnly("charges_by_app")})
	var loadError *xtally.LoadError
	if !errors.As(err, &loadError) || loadError.File != "secret.ndjson" {
		t.Errorf("error %v, want a LoadError naming secret.ndjson", err)
	}
	if r.Summary.TotalCNY != "9.14" {
		t.Errorf("total %s, want 9.14", r.Summary.TotalCNY)
	}
}

// TestSettings: the two rules that the vendor leaves open are settings.
func TestSettings(t *testing.T) {
	unraced(t)
	in := filepath.Join("testdata", "started_minute_counts", "in")
	t.Run("a 0-second call can be a minute", func(t *testing.T) {
		tally := mustOpen(t, "", xtally.WithRules(xtally.Rules{ZeroSecondMin: 1}))
		mustLoad(t, tally, in)
		mustBuild(t, tally)
		if s := mustSummary(t, tally, october); s.BilledMin != 70 || s.TotalCNY != "9.20" {
			t.Errorf("%d min, %s CNY; want 70, 9.20", s.BilledMin, s.TotalCNY)
		}
	})
	t.Run("an hour-long call can settle in its first hour", func(t *testing.T) {
		for moment, want := range map[string]string{
			"end":    "2026-10,2026-10-05 10:00:00,9,0,9,0.54,0.54,0.00,0,0,0.00,0.00\n2026-10,2026-10-05 11:00:00,60,0,60,3.60,3.60,0.00,0,0,0.00,0.00\n",
			"answer": "2026-10,2026-10-05 10:00:00,69,0,69,4.14,4.14,0.00,0,0,0.00,0.00\n",
		} {
			tally := mustOpen(t, "", xtally.WithRules(xtally.Rules{SettleBy: moment}))
			mustLoad(t, tally, in)
			mustBuild(t, tally)
			_, got, _ := strings.Cut(export(t, tally, "charges_by_hour", october), "\n")
			if got != want {
				t.Errorf("settle_by %s: %s, want %s", moment, got, want)
			}
		}
	})
	t.Run("another setting builds anew", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "test.duckdb")
		tally := mustOpen(t, path)
		mustLoad(t, tally, in)
		mustBuild(t, tally)
		if r := mustBuild(t, tally); len(r.Months) != 0 {
			t.Errorf("built %v again without a change", r.Months)
		}
		tally.Close()
		tally = mustOpen(t, path, xtally.WithRules(xtally.Rules{ZeroSecondMin: 1}))
		mustBuild(t, tally)
		if s := mustSummary(t, tally, october); s.BilledMin != 70 {
			t.Errorf("%d min, want 70", s.BilledMin)
		}
	})
}

// TestExplain tells where a call comes from and goes to, without a person's number.
func TestExplain(t *testing.T) {
	unraced(t)
	tally := mustOpen(t, "")
	mustLoad(t, tally, filepath.Join("testdata", "conflict_latest_end", "in"))
	mustBuild(t, tally)
	all, err := tally.Explain(t.Context(), "k-1")
	if err != nil || len(all) != 1 {
		t.Fatalf("%d stories, error %v, want one", len(all), err)
	}
	var story []string
	for _, s := range all[0].Sections {
		for _, row := range s.Rows {
			for i, name := range s.Columns {
				text := fmt.Sprint(row[i])
				if s.Name == "copies" && slices.Contains([]string{"file", "line", "became"}, name) || name == "minutes_because" {
					story = append(story, text)
				}
				if strings.Contains(text, "+86199") {
					t.Errorf("%s shows a person's number: %s", name, text)
				}
			}
		}
	}
	want := []string{
		"2026-10-05.ndjson", "1", "kept",
		"2026-10-05.ndjson", "2", "conflict loser",
		"2026-10-05.ndjson", "3", "duplicate",
		"125 s = 3 started minutes, each counts in full",
	}
	if diff := cmp.Diff(want, story); diff != "" {
		t.Errorf("story (-want +got):\n%s", diff)
	}
}

// TestNothingBuilt: reports of an unbuilt database say what to do.
func TestNothingBuilt(t *testing.T) {
	unraced(t)
	tally := mustOpen(t, "")
	_, err := tally.Report(t.Context(), t.TempDir(), october, xtally.ReportOptions{})
	if err == nil || !strings.Contains(err.Error(), "run xtally build first") {
		t.Errorf("error %v, want one that names the remedy", err)
	}
	_, err = tally.Report(t.Context(), t.TempDir(), october, csvOnly("no_such"))
	if !errors.Is(err, xtally.ErrUnknownReport) {
		t.Errorf("error %v, want ErrUnknownReport", err)
	}
}

// TestEmptyDatabaseBuilds: a host may build before the first archive arrives.
func TestEmptyDatabaseBuilds(t *testing.T) {
	tally := mustOpen(t, "")
	mustBuild(t, tally)
	if s := mustSummary(t, tally, october); s.TotalCNY != "0.00" {
		t.Errorf("total %s, want 0.00", s.TotalCNY)
	}
}

//////// helpers of all test files

// tester is what helpers need of a test; a property's has it too.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// closeAndLook opens a database to look inside, once the Tally that had it is closed.
func closeAndLook(t tester, tally *xtally.Tally, path string) *sql.DB {
	t.Helper()
	if err := tally.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", path+"?access_mode=read_only")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func mustOpen(t tester, path string, opts ...xtally.Option) *xtally.Tally {
	t.Helper()
	opts = append([]xtally.Option{xtally.WithClock(midNovember), xtally.WithMemoryLimit(512 << 20)}, opts...)
	tally, err := xtally.Open(context.Background(), path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tally.Close() })
	return tally
}

func mustLoad(t tester, tally *xtally.Tally, paths ...string) xtally.LoadResult {
	t.Helper()
	r, err := tally.Load(context.Background(), paths...)
	if err == nil {
		err = errors.Join(r.Failed...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustLoadTables(t tester, tally *xtally.Tally, tables xtally.Tables) {
	t.Helper()
	if err := tally.LoadTables(context.Background(), tables); err != nil {
		t.Fatal(err)
	}
}

func mustBuild(t tester, tally *xtally.Tally) xtally.BuildResult {
	t.Helper()
	r, err := tally.Build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustSummary(t tester, tally *xtally.Tally, month xtally.Month) xtally.Summary {
	t.Helper()
	s, err := tally.Summary(context.Background(), month)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// export returns a report as CSV, without its byte order mark.
func export(t tester, tally *xtally.Tally, name string, month xtally.Month) string {
	t.Helper()
	var b bytes.Buffer
	if err := tally.Export(context.Background(), &b, name, reports.CSV, month, xtally.ReportOptions{Unmask: "audit"}); err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(b.String(), "\ufeff")
}

func csvOnly(names ...string) xtally.ReportOptions {
	return xtally.ReportOptions{Names: names, Formats: []reports.Format{reports.CSV}, Lang: reports.EN}
}

// caseDirs lists the folders of testdata with both input and wanted reports.
func caseDirs(t tester) []string {
	t.Helper()
	wants, err := filepath.Glob("testdata/*/want*")
	if err != nil || len(wants) == 0 {
		t.Fatalf("no cases in testdata (%v)", err)
	}
	for i, w := range wants {
		wants[i] = filepath.Dir(w)
	}
	return slices.Compact(wants)
}

func glob(t tester, dir, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s has no %s (%v)", dir, pattern, err)
	}
	return found
}

// wantMonth reads the month of a folder want or want-2026-11.
func wantMonth(t tester, want string) xtally.Month {
	t.Helper()
	text, ok := strings.CutPrefix(filepath.Base(want), "want-")
	if !ok {
		return october
	}
	m, err := xtally.ParseMonth(text, midNovember())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func reportNames(t tester, want string) []string {
	t.Helper()
	names := glob(t, want, "*.csv")
	for i, n := range names {
		names[i] = strings.TrimSuffix(filepath.Base(n), ".csv")
	}
	return names
}

func splitLines(b []byte) []string { return strings.SplitAfter(string(b), "\n") }

func mustRead(t tester, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustWrite(t tester, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, fs.FileMode(0o644)); err != nil {
		t.Fatal(err)
	}
}

// feeBody is a push of call records, one line.
func feeBody(records ...string) string {
	return `{"eventType":"fee","feeLst":[` + strings.Join(records, ",") + "]}\n"
}

// callRecord is a call of app-a that ended on 5 October, Beijing time.
func callRecord(icid string, seconds int) string {
	answer := time.Date(2026, time.October, 5, 2, 0, 0, 0, time.UTC)
	return fmt.Sprintf(`{"appKey":"app-a","icid":%q,"bindNum":"+8617000000001","serviceType":"004","fwdAnswerTime":%q,"callEndTime":%q,"ulFailReason":0}`,
		icid, answer.Format(time.DateTime), answer.Add(time.Duration(seconds)*time.Second).Format(time.DateTime))
}
