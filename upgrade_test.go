package xtally_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally"
)

// madeByVersion3 are the statements that give a database the tables of version 3 again.
var madeByVersion3 = []string{
	"alter table raw.fee_records add column icid varchar",
	"alter table raw.fee_records add column subscription_id varchar",
	"update raw.fee_records set icid = case when icid_hex is null then icid_rest else icid_text(icid_hex, icid_rest) end, " +
		"subscription_id = coalesce(cast(subscription_uuid as varchar), subscription_text)",
	"alter table raw.fee_records drop column icid_hex",
	"alter table raw.fee_records drop column icid_rest",
	"alter table raw.fee_records drop column subscription_uuid",
	"alter table raw.fee_records drop column subscription_text",
	"update raw.meta set value = '3' where name = 'schema_version'",
	"update raw.meta set value = 'the models of then' where name = 'built_with'",
	"update raw.meta set value = 'the macros of then' where name = 'macros'",
}

// TestUpgrade: a database of version 3 is brought to this one with all it holds, and a
// record that comes again is the same though it is stored otherwise now.
func TestUpgrade(t *testing.T) {
	unraced(t)
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.duckdb")
	in := filepath.Join("testdata", "conflict_latest_end", "in")
	tally := mustOpen(t, path)
	mustLoad(t, tally, in)
	loadCalls(t, tally, "a.ndjson", aCall("0123456789abcdef0123456789abcdef.1", "2026-10-05 02:00:00", 61))
	mustBuild(t, tally)
	want := publishedReports(t, tally)
	tally.Close()
	execAll(t, path, madeByVersion3)

	tally = mustOpen(t, path)
	first := "run xtally build first"
	if _, err := tally.Report(t.Context(), t.TempDir(), october, xtally.ReportOptions{}); err == nil || !strings.Contains(err.Error(), first) {
		t.Errorf("report before the build: error %v, want one that says %s", err, first)
	}
	if _, err := tally.Explain(t.Context(), "0123456789abcdef0123456789abcdef.1"); err == nil || !strings.Contains(err.Error(), first) {
		t.Errorf("explain before the build: error %v, want one that says %s", err, first)
	}
	if _, err := tally.Prune(t.Context(), october, true); err == nil || !strings.Contains(err.Error(), first) {
		t.Errorf("prune before the build: error %v, want one that says %s", err, first)
	}
	mustBuild(t, tally)
	if diff := cmp.Diff(want, publishedReports(t, tally)); diff != "" {
		t.Errorf("reports (-before +after):\n%s", diff)
	}
	if stories, err := tally.Explain(t.Context(), "0123456789abcdef0123456789abcdef.1"); err != nil || len(stories) != 1 {
		t.Errorf("explain: %d stories, error %v", len(stories), err)
	}
	before, err := tally.Summary(t.Context(), october)
	if err != nil {
		t.Fatal(err)
	}
	loadCalls(t, tally, "b.ndjson", aCall("0123456789abcdef0123456789abcdef.1", "2026-10-05 02:00:00", 61), aCall("new", "2026-10-05 03:00:00", 0))
	mustBuild(t, tally)
	after, err := tally.Summary(t.Context(), october)
	if err != nil || after.Duplicates != before.Duplicates+1 || after.Calls != before.Calls+1 {
		t.Errorf("%d duplicates of %d calls, error %v; before %d of %d", after.Duplicates, after.Calls, err, before.Duplicates, before.Calls)
	}
	if want["conflicts"] != export(t, tally, "conflicts", october) {
		t.Error("the copy is a conflict")
	}
}

// execAll runs statements on a database that nobody else has open.
func execAll(t *testing.T, path string, statements []string) {
	t.Helper()
	db, err := sql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
