package xtally_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally"
)

var (
	august    = mustMonth("2026-08")
	september = mustMonth("2026-09")
)

func mustMonth(text string) xtally.Month {
	m, err := xtally.ParseMonth(text, time.Time{})
	if err != nil {
		panic(err)
	}
	return m
}

// undatedCopy is a push of a call without any of its times: it loses against
// the record, lies in no month, and would be a call once the record is gone.
func undatedCopy(id string) string {
	return `{"eventType":"fee","feeLst":[{"appKey":"app-a","icid":"` + id + `","bindNum":"+8617000000001","serviceType":"004","ulFailReason":0}]}` + "\n"
}

func anEvent(kind, session, at string) string {
	return `{"eventType":"` + kind + `","statusInfo":{"sessionId":"` + session + `","timestamp":"` + at + `","bindNum":"+8617000000001","appKey":"app-a"}}` + "\n"
}

// fourMonths holds August to November, the first two closed.
func fourMonths(t *testing.T, db string) *xtally.Tally {
	t.Helper()
	tally := mustOpen(t, db)
	loadCalls(t, tally, "a.ndjson",
		aCall("k-8", "2026-08-05 02:00:00", 61), undatedCopy("k-8"),
		aCall("k-9", "2026-09-05 02:00:00", 30), aCall("k-9", "2026-09-05 02:00:00", 300),
		// Its last push ends in October, its first one in September (Beijing).
		aCall("k-edge", "2026-09-30 15:58:00", 60), aCall("k-edge", "2026-09-30 15:58:00", 200),
		// A call that only events tell of, over the same edge, and one before it.
		anEvent("callin", "s-edge", "2026-09-30 15:58:00"), anEvent("answer", "s-edge", "2026-09-30 15:59:00"), anEvent("disconnect", "s-edge", "2026-09-30 16:01:00"),
		anEvent("answer", "s-9", "2026-09-07 02:00:00"), anEvent("disconnect", "s-9", "2026-09-07 02:01:01"),
		aCall("k-10", "2026-10-05 02:00:00", 10), aCall("k-11", "2026-11-05 02:00:00", 10))
	mustClose(t, tally, august)
	mustClose(t, tally, september)
	return tally
}

// figures are all reports of all four months.
func figures(t *testing.T, tally *xtally.Tally) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, m := range []xtally.Month{august, september, october, mustMonth("2026-11")} {
		dir := t.TempDir()
		files, err := tally.Report(t.Context(), dir, m, csvOnly())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			all[m.String()+" "+f.Name] = string(mustRead(t, filepath.Join(dir, m.String(), f.Name)))
		}
	}
	return all
}

// TestPruneKeepsFigures: reports say the same before and after, after all is made
// anew, after other prices, and after other models.
func TestPruneKeepsFigures(t *testing.T) {
	unraced(t)
	t.Parallel()
	db := filepath.Join(t.TempDir(), "test.duckdb")
	tally := fourMonths(t, db)
	want := figures(t, tally)

	dry, err := tally.Prune(t.Context(), october, true)
	if err != nil {
		t.Fatal(err)
	}
	pruned, err := tally.Prune(t.Context(), october, false)
	if err != nil {
		t.Fatal(err)
	}
	// With k-8 goes its undated copy; what is of a later call over the edge stays.
	counts := []xtally.PrunedMonth{{Month: "2026-08", Records: 2}, {Month: "2026-09", Records: 2, Events: 2}}
	if diff := cmp.Diff(counts, dry); diff != "" {
		t.Errorf("dry run (-want +got):\n%s", diff)
	}
	for i := range pruned {
		pruned[i].PrunedAt = ""
	}
	if diff := cmp.Diff(counts, pruned); diff != "" {
		t.Errorf("pruned (-want +got):\n%s", diff)
	}
	same := func(when string) {
		t.Helper()
		if diff := cmp.Diff(want, figures(t, tally)); diff != "" {
			t.Errorf("figures %s (-want +got):\n%s", when, diff)
		}
	}
	same("after prune")
	if again, err := tally.Prune(t.Context(), october, false); err != nil || len(again) > 0 {
		t.Errorf("pruned twice: %v, %v", again, err)
	}
	if _, err := tally.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	same("after Rebuild")
	prices := filepath.Join(t.TempDir(), "prices.csv")
	mustWrite(t, prices, []byte("item,price_cny\ncall,0.05\n"))
	mustLoadTables(t, tally, xtally.Tables{Prices: prices})
	if r := mustBuild(t, tally); len(r.Months) != 2 || len(r.Adjustments) > 0 {
		t.Errorf("other prices charged %v anew and adjusted %v, want October and November alone", r.Months, r.Adjustments)
	}
	mustLoadTables(t, tally, xtally.Tables{})
	mustBuild(t, tally)
	same("after other prices and back")
	tally.Close()

	tally = mustOpen(t, db, xtally.WithSQL(corrupted(t, map[string]func(string) string{"marts/files.sql": func(s string) string { return s + "\n" }})))
	mustBuild(t, tally)
	same("after other models")
	tally.Close()

	// As an older version left it, whose counts knew no day.
	execAll(t, db, []string{"alter table rated.outcome_counts drop column date"})
	tally = mustOpen(t, db)
	mustBuild(t, tally)
	same("after models without the day")
}

// TestPruneForgetsPeople: no table holds a person's number any more, not even that of a
// line that could not be read.
func TestPruneForgetsPeople(t *testing.T) {
	unraced(t)
	t.Parallel()
	const person = "13912345678"
	host := openHost(t)
	tally, err := xtally.Open(t.Context(), filepath.Join(t.TempDir(), "calls.duckdb"), xtally.WithDB(host), xtally.WithClock(midNovember))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tally.Close() })
	loadCalls(t, tally, "a.ndjson", strings.Replace(aCall("k-8", "2026-08-05 02:00:00", 61), `"serviceType"`, `"callerNum":"+86`+person+`","serviceType"`, 1),
		"a broken line of "+person+"\n")
	loadCalls(t, tally, "b.ndjson", aCall("k-10", "2026-10-05 02:00:00", 10), aCall("k-11", "2026-11-05 02:00:00", 10))
	mustClose(t, tally, august)
	if got := tablesWith(t, host, person); !slices.Contains(got, "raw.fee_records") || !slices.Contains(got, "raw.rejects") {
		t.Fatalf("before, %s is in %v only: nothing would be shown", person, got)
	}
	if _, err := tally.Prune(t.Context(), september, false); err != nil {
		t.Fatal(err)
	}
	if got := tablesWith(t, host, person); len(got) > 0 {
		t.Errorf("%s is still in %v", person, got)
	}
}

// tablesWith lists the tables that have a text in some column of some row.
func tablesWith(t *testing.T, host *sql.DB, text string) []string {
	t.Helper()
	rows, err := host.Query("select schema_name || '.' || table_name from duckdb_tables() where database_name = 'xtally' order by 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var with []string
	for rows.Next() {
		var table string
		var has bool
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		if err := host.QueryRow("select count(*) > 0 from xtally." + table + " as t where cast(t as varchar) like '%" + text + "%'").Scan(&has); err != nil {
			t.Fatal(table, err)
		}
		if has {
			with = append(with, table)
		}
	}
	return with
}

// TestPruneRefusesWhatComesLate: a record of a pruned month is counted with file
// and line, and charged nowhere; the same body's record of another month is kept.
func TestPruneRefusesWhatComesLate(t *testing.T) {
	unraced(t)
	t.Parallel()
	tally := fourMonths(t, "")
	if _, err := tally.Prune(t.Context(), october, false); err != nil {
		t.Fatal(err)
	}
	mixed := strings.Replace(strings.TrimSuffix(aCall("k-new", "2026-10-06 02:00:00", 10), "]}\n"), "", "", 1) + "," +
		strings.TrimPrefix(aCall("k-late", "2026-08-06 02:00:00", 10), `{"eventType":"fee","feeLst":[`)
	loadCalls(t, tally, "late.ndjson", aCall("k-8", "2026-08-05 02:00:00", 61), mixed)
	for month, calls := range map[string]string{"2026-08": "1", "2026-10": "3"} {
		if row := strings.Split(strings.Split(export(t, tally, "charges_by_app", mustMonth(month)), "\n")[1], ","); row[2] != calls {
			t.Errorf("%s has %s calls, want %s", month, row[2], calls)
		}
	}
	rejects := export(t, tally, "rejects", october)
	for _, want := range []string{"late.ndjson,1,", "late.ndjson,2,", "month_pruned", "entries of 2026-08: 1"} {
		if !strings.Contains(rejects, want) {
			t.Errorf("rejects lack %q:\n%s", want, rejects)
		}
	}
}

// TestPruneRefuses: what is open, recent or pruned, each with a remedy.
func TestPruneRefuses(t *testing.T) {
	unraced(t)
	t.Parallel()
	tally := fourMonths(t, "")
	if _, err := tally.Prune(t.Context(), mustMonth("2026-11"), false); err == nil || !strings.Contains(err.Error(), "2026-10 is one of the two latest months") {
		t.Errorf("a recent month: %v", err)
	}
	if _, err := tally.ReopenMonth(t.Context(), august, "test"); err != nil {
		t.Fatal(err)
	}
	mustBuild(t, tally)
	if _, err := tally.Prune(t.Context(), october, false); err == nil || !strings.Contains(err.Error(), "2026-08 is not closed") {
		t.Errorf("an open month: %v", err)
	}
	mustClose(t, tally, august)
	if _, err := tally.Prune(t.Context(), october, false); err != nil {
		t.Fatal(err)
	}
	if _, err := tally.ReopenMonth(t.Context(), august, "test"); err == nil || !strings.Contains(err.Error(), "pruned") {
		t.Errorf("a pruned month was reopened: %v", err)
	}
	if _, err := tally.Report(t.Context(), t.TempDir(), august, xtally.ReportOptions{Detail: true}); err == nil || !strings.Contains(err.Error(), "leave out detail") {
		t.Errorf("calls of a pruned month were listed: %v", err)
	}
}

// TestPruneRefusesAnotherSettlement: at the edge of what is pruned a call would be
// charged in both months, or in none.
func TestPruneRefusesAnotherSettlement(t *testing.T) {
	unraced(t)
	t.Parallel()
	db := filepath.Join(t.TempDir(), "test.duckdb")
	tally := fourMonths(t, db)
	if _, err := tally.Prune(t.Context(), october, false); err != nil {
		t.Fatal(err)
	}
	tally.Close()
	tally = mustOpen(t, db, xtally.WithRules(xtally.Rules{SettleBy: "answer"}))
	if _, err := tally.Build(t.Context()); err == nil || !strings.Contains(err.Error(), "settle_by is answer, and months were pruned that were charged by end; set it back") {
		t.Errorf("built by another settlement: %v", err)
	}
}

// TestPruneRefusesABill: of a pruned month, with the month named, and keeps nothing of it.
func TestPruneRefusesABill(t *testing.T) {
	unraced(t)
	t.Parallel()
	tally := fourMonths(t, "")
	if _, err := tally.Prune(t.Context(), october, false); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "bill.csv"), []byte(usageHeads+strings.ReplaceAll(used("语音通话", 5, "t-1", "2", "0.12"), "2026-10", "2026-08")))
	if _, err := tally.LoadBill(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "is of 2026-08, whose records were pruned") {
		t.Errorf("a bill of a pruned month: %v", err)
	}
	if r, err := tally.Reconcile(t.Context(), august); err != nil || r.HasBill {
		t.Errorf("something was kept of it: %+v, %v", r, err)
	}
}

// TestPruneKeepsProofOfClaims: the calls of a month stay while a claim about them is open.
func TestPruneKeepsProofOfClaims(t *testing.T) {
	unraced(t)
	t.Parallel()
	tally := fourMonths(t, "")
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "acme_PriceFactorBillDetail_20260901-20260930_1.csv"), []byte(
		"账期,账号,产品类型编码,产品,使用开始时间,使用结束时间,订单号/交易号,账单类型,单价(¥),使用量,套餐内使用量,官网价(¥),应付金额(¥)\n"+
			"2026-09,acme,hws.service.type.privatenumber,通话时长,2026-09-05 10:00:00,2026-09-05 10:59:59,t-1,消费-使用,0.06,105,0,6.30,6.30\n"))
	mustLoadBill(t, tally, dir)
	mustBuild(t, tally)
	claims, err := tally.Claims(t.Context())
	if err != nil || len(claims) == 0 {
		t.Fatalf("%d claims, %v", len(claims), err)
	}
	if _, err := tally.Prune(t.Context(), october, true); err == nil || !strings.Contains(err.Error(), "2026-09 has open claims") {
		t.Errorf("with an open claim: %v", err)
	}
	for _, c := range claims {
		if _, err := tally.SetClaim(t.Context(), c.ID, "withdrawn", ""); err != nil {
			t.Fatal(err)
		}
	}
	mustBuild(t, tally)
	if _, err := tally.Prune(t.Context(), october, false); err != nil {
		t.Error(err)
	}
}
