package xtally_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/xtally/xtally"
)

// openHost is a host's own DuckDB.
func openHost(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", filepath.Join(t.TempDir(), "host.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// A host reads our marts beside its own tables, and keeps its DuckDB.
func TestHostDatabase(t *testing.T) {
	t.Parallel()
	db := openHost(t)
	if _, err := db.Exec("create table owners as select 'app-a' as app_key, 'sales' as department; set memory_limit = '700MB'"); err != nil {
		t.Fatal(err)
	}
	setting := func() (limit string) {
		t.Helper()
		if err := db.QueryRow("select current_setting('memory_limit')").Scan(&limit); err != nil {
			t.Fatal(err)
		}
		return limit
	}
	before := setting()
	path := filepath.Join(t.TempDir(), "calls.duckdb")
	tally, err := xtally.Open(t.Context(), path, xtally.WithDB(db), xtally.WithClock(midNovember))
	if err != nil {
		t.Fatal(err)
	}
	if got := setting(); got != before {
		t.Errorf("the host's memory limit went from %s to %s", before, got)
	}
	mustLoad(t, tally, "testdata/started_minute_counts/in")
	mustBuild(t, tally)
	var department, total string
	if err := db.QueryRow(`select department, cast(total_cny as varchar)
		from xtally.marts.charges_by_app inner join owners using (app_key)`).Scan(&department, &total); err != nil || department != "sales" || total != "9.14" {
		t.Errorf("%s %s, %v", department, total, err)
	}
	if err := tally.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("insert into owners values ('app-b', 'support')"); err != nil {
		t.Errorf("after Close: %v", err)
	}
	if _, err := db.Exec("from xtally.raw.files"); err == nil {
		t.Error("xtally is still attached")
	}
	again, err := xtally.Open(t.Context(), path, xtally.WithDB(db))
	if err != nil {
		t.Fatal(err)
	}
	mustLoad(t, again, "testdata/duplicate_later_file/in")
	again.Close()
	if _, err := xtally.Open(t.Context(), path, xtally.WithDB(nil)); err == nil {
		t.Error("no error for a nil database")
	}
}
