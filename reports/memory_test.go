package reports

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// A report of very many rows streams into its files: none is lost, and what is
// ours grows by no more than 300 MB. XTALLY_ROWS=1000000 is the size of that promise; by
// default there are fewer, and the promise is smaller.
func TestManyRows(t *testing.T) {
	if raced {
		t.Skip("told without the race detector")
	}
	rows, most := 60_000, int64(250<<20)
	if text := os.Getenv("XTALLY_ROWS"); text != "" {
		var err error
		if rows, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
		most = 300 << 20
	}
	db := mustMarts(t)
	mustExec(t, db, "set memory_limit = '1GB'")
	mustExec(t, db, fmt.Sprintf(`create or replace table marts.sms_by_x_number as
		select date '2026-10-01' as month, '+86170' || lpad(n::varchar, 8, '0') as x_number, 'app' || (n %% 40) as app_key, 'virtual' as number_kind,
			n %% 97 as call_count, cast((n %% 1000) * 0.01 as decimal(18, 2)) as charge_cny from range(%d) as r(n)`, rows))
	var want int64
	if err := db.QueryRow("select sum(call_count) from marts.sms_by_x_number").Scan(&want); err != nil {
		t.Fatal(err)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the command has it
	runtime.GC()
	before := ourBytes()
	dir := t.TempDir()
	o := october()
	o.Names, o.Formats = nil, []Format{CSV, XLSX}
	files, err := Write(t.Context(), db, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	grown := ourBytes() - before
	t.Logf("%d rows: grown by %d MB", rows, grown>>20)
	if grown > most {
		t.Errorf("grown by %d MB, want at most %d", grown>>20, most>>20)
	}
	for _, f := range files {
		if f.Name == "sms_by_x_number.csv" && f.Rows < int64(rows) {
			t.Errorf("%d rows in the CSV, want %d", f.Rows, rows)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "sms_by_x_number.csv"))
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	at := columnOf(string(lines[0]), "call_count")
	for _, line := range lines[1:] {
		n, err := strconv.ParseInt(strings.Split(string(line), ",")[at], 10, 64)
		if err == nil {
			sum += n
		}
	}
	if sum != want {
		t.Errorf("the CSV has %d calls, the database %d", sum, want)
	}
}

func columnOf(head, name string) int {
	for i, c := range strings.Split(head, ",") {
		if c == name {
			return i
		}
	}
	return -1
}

// ourBytes is what Go has taken from the system so far, which never falls; what the
// database takes is its own and bounded by its limit.
func ourBytes() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}
