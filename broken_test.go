package xtally_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally"
)

// TestTooLittleMemory: a step that memory does not suffice for says so and leaves all
// as it was; with enough, the same database ends as one that always had it.
func TestTooLittleMemory(t *testing.T) {
	unraced(t)
	t.Parallel()
	in := filepath.Join(t.TempDir(), "in")
	var lines strings.Builder
	for c := range 20_000 {
		lines.WriteString(feeBody(callRecord(fmt.Sprintf("c-%d", c), 60+c%600)))
	}
	mustWrite(t, filepath.Join(in, "a.ndjson"), []byte(lines.String()))
	roomy := mustOpen(t, "")
	mustLoad(t, roomy, in)
	mustBuild(t, roomy)

	host, path := openHost(t), filepath.Join(t.TempDir(), "calls.duckdb")
	tally, err := xtally.Open(t.Context(), path, xtally.WithDB(host), xtally.WithClock(midNovember))
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, limit := range []string{"10MB", "30MB", "1GB"} {
		if _, err := host.Exec("set memory_limit = '" + limit + "'"); err != nil {
			t.Log(limit, err) // what is in use does not fit
			continue
		}
		_, err := tally.Load(t.Context(), in)
		if err == nil {
			_, err = tally.Build(t.Context())
		}
		if err != nil {
			failed++
			if !strings.Contains(err.Error(), "Out of Memory") {
				t.Errorf("%s: %v", limit, err)
			}
		}
	}
	if failed == 0 {
		t.Error("memory was never too little: nothing is shown")
	}
	for _, name := range []string{"charges_by_app", "charges_by_hour", "files"} {
		if diff := cmp.Diff(export(t, roomy, name, october), export(t, tally, name, october)); diff != "" {
			t.Errorf("%s (-with enough memory +after too little):\n%s", name, diff)
		}
	}
	tally.Close()
}

// TestFileThatIsBeingWritten loads a log again and again while it is written, at any
// byte of a line: in the end each call is there once and nothing was refused.
func TestFileThatIsBeingWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "callbacks.log")
	const calls = 400
	written := make(chan error, 1)
	mustWrite(t, path, nil)
	go func() { written <- writeSlowly(path, calls) }()
	tally := mustOpen(t, "")
	loads := 0
	for done := false; !done; loads++ {
		select {
		case err := <-written:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		default:
		}
		mustLoad(t, tally, path)
		if loads%8 == 0 {
			mustBuild(t, tally) // proves the books as they are
		}
	}
	mustBuild(t, tally)
	if s := mustSummary(t, tally, october); s.Calls != calls || s.Rejects != 0 || s.Duplicates != 0 {
		t.Errorf("%d calls, %d rejects, %d duplicates after %d loads; want %d, 0, 0", s.Calls, s.Rejects, s.Duplicates, loads, calls)
	}
}

// writeSlowly appends calls in pieces that end anywhere.
func writeSlowly(path string, calls int) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	var text strings.Builder
	for c := range calls {
		text.WriteString(feeBody(callRecord(fmt.Sprintf("c-%d", c), 60)))
	}
	for rest := text.String(); rest != ""; {
		n := min(len(rest), 1237)
		if _, err := f.WriteString(rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
		time.Sleep(20 * time.Millisecond)
	}
	return nil
}

// TestFileThatIsReplaced: of a file that is emptied and written anew in the archive,
// what was read once stays, and no call counts twice.
func TestFileThatIsReplaced(t *testing.T) {
	unraced(t)
	t.Parallel()
	path := filepath.Join(t.TempDir(), "callbacks.log")
	tally := mustOpen(t, "")
	for _, calls := range []int{300, 0, 200} {
		var text strings.Builder
		for c := range calls {
			text.WriteString(feeBody(callRecord(fmt.Sprintf("c-%d", c), 60)))
		}
		mustWrite(t, path, []byte(text.String()))
		mustLoad(t, tally, path)
		mustBuild(t, tally)
	}
	if s := mustSummary(t, tally, october); s.Calls != 300 {
		t.Errorf("%d calls, want 300", s.Calls)
	}
}

// TestClockThatJumps: the clock of the machine goes back and forth by years between
// runs; no charge and no book changes, and nothing fails.
func TestClockThatJumps(t *testing.T) {
	unraced(t)
	t.Parallel()
	now := midNovember()
	tally := mustOpen(t, "", xtally.WithClock(func() time.Time { return now }))
	mustLoad(t, tally, "testdata/package_whole_hours/in")
	mustBuild(t, tally)
	names := []string{"charges_by_app", "charges_by_x_number", "charges_by_hour", "charges_by_day", "calls_by_release_code"}
	want := map[string]string{}
	for _, name := range names {
		want[name] = export(t, tally, name, october)
	}
	for i, jump := range []time.Duration{-40 * 365 * 24 * time.Hour, 50 * 365 * 24 * time.Hour, -10 * 365 * 24 * time.Hour} {
		now = now.Add(jump)
		loadCalls(t, tally, fmt.Sprintf("jump-%d.ndjson", i), aCall(fmt.Sprintf("j-%d", i), "2026-09-05 02:00:00", 60))
		for _, name := range names {
			if diff := cmp.Diff(want[name], export(t, tally, name, october)); diff != "" {
				t.Errorf("%s in %s (-before +after):\n%s", name, now.Format(time.DateOnly), diff)
			}
		}
	}
	if s := mustSummary(t, tally, mustMonth("2026-09")); s.Calls != 3 {
		t.Errorf("%d calls came meanwhile, want 3", s.Calls)
	}
}
