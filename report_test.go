package xtally_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// TestManifestStaysTrue: whatever is written later into a month's folder, each
// hash in the manifest is that of the file beside it, and no file of an
// earlier run is left that the last full run did not write.
func TestManifestStaysTrue(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	tally := mustOpen(t, "")
	mustLoad(t, tally, "testdata/started_minute_counts/in")
	mustBuild(t, tally)
	write := func(o xtally.ReportOptions) {
		t.Helper()
		if _, err := tally.Report(t.Context(), out, october, o); err != nil {
			t.Fatal(err)
		}
		mustMatchManifest(t, filepath.Join(out, "2026-10"))
	}
	write(xtally.ReportOptions{Detail: true, Unmask: "audit"})
	write(xtally.ReportOptions{Names: []string{"calls_by_release_code"}, Lang: reports.EN})
	write(xtally.ReportOptions{Formats: []reports.Format{reports.CSV}})
	for _, stale := range []string{"calls.csv", "xtally-2026-10.xlsx"} {
		if _, err := os.Stat(filepath.Join(out, "2026-10", stale)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s of an earlier run is still there", stale)
		}
	}
}

// mustMatchManifest holds every file the manifest lists against its hash.
func mustMatchManifest(t *testing.T, dir string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Reports []struct{ File, SHA256 string }
	}
	if err := json.Unmarshal(b, &m); err != nil || len(m.Reports) == 0 {
		t.Fatalf("manifest lists %d reports: %v", len(m.Reports), err)
	}
	for _, r := range m.Reports {
		content, err := os.ReadFile(filepath.Join(dir, r.File))
		if err != nil {
			t.Error(err)
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != r.SHA256 {
			t.Errorf("%s is not what the manifest says", r.File)
		}
	}
}

// TestArchiveUnderOut: reports are told from an archive by what they are, so a
// folder may hold both, even with the archive in a folder named for its month.
func TestArchiveUnderOut(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	body := []byte(feeBody(callRecord("c-1", 61)))
	if err := os.Mkdir(filepath.Join(root, "2026-10"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, filepath.Join(root, "2026-10", "fee.ndjson"), body)
	tally, err := xtally.Open(t.Context(), filepath.Join(root, "own.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer tally.Close()
	job := xtally.Job{Archive: []string{root}, Month: october, Out: root}
	for round, want := range []struct{ loaded, known int }{{1, 0}, {0, 1}} {
		r, err := tally.Run(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		if r.Load.Loaded != want.loaded || r.Load.Known != want.known || r.Summary.Calls != 1 {
			t.Errorf("round %d: loaded %d, known %d, %d calls; want %d, %d, 1", round, r.Load.Loaded, r.Load.Known, r.Summary.Calls, want.loaded, want.known)
		}
	}
}

// TestUsesOfTheirMonth: the history of numbers tells the first and last use in the month
// reported only, or it would grow by two lines a number with every month.
func TestUsesOfTheirMonth(t *testing.T) {
	unraced(t)
	t.Parallel()
	tally := mustOpen(t, filepath.Join(t.TempDir(), "test.duckdb"))
	loadCalls(t, tally, "a.ndjson", aCall("c-1", "2026-09-05 02:00:00", 61), aCall("c-2", "2026-10-05 02:00:00", 61))
	mustBuild(t, tally)
	history := export(t, tally, "number_history", october)
	if strings.Contains(history, "2026-09-05") || strings.Count(history, "use in the month,") != 2 {
		t.Errorf("not October's first and last use:\n%s", history)
	}
}
