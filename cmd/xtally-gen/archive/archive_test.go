package archive_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally/cmd/xtally-gen/archive"
)

// small is a clean archive with everything that repeats, quick enough for a
// table of tests.
func small() archive.Config {
	cfg := archive.Default()
	cfg.Calls, cfg.FilesPer = 600, archive.PerDay
	cfg.RepushRate, cfg.RebatchRate, cfg.ConflictRate = 0.1, 0.1, 0.03
	cfg.VoiceCallRate, cfg.RedialRate = 0.02, 0.02
	return cfg
}

// mustWrite writes an archive into a temporary folder.
func mustWrite(t *testing.T, cfg archive.Config) (dir string, truth *archive.Truth) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "in")
	truth, err := archive.Write(context.Background(), dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return dir, truth
}

// hashes returns the digest of every file below a folder.
func hashes(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	all := map[string][32]byte{}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir)] = sha256.Sum256(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSameSeedSameBytes(t *testing.T) {
	cfg := archive.Demo()
	cfg.Calls = 800
	one, _ := mustWrite(t, cfg)
	cfg.TruthDir = filepath.Join(t.TempDir(), "truth")
	two, _ := mustWrite(t, cfg)
	if diff := cmp.Diff(hashes(t, one), hashes(t, two)); diff != "" {
		t.Errorf("same seed, other bytes:\n%s", diff)
	}
	cfg.Seed = 2
	cfg.TruthDir = ""
	three, _ := mustWrite(t, cfg)
	if cmp.Equal(hashes(t, one), hashes(t, three)) {
		t.Error("other seed, same bytes")
	}
}

// TestSumsDoNotDependOnLayout holds what lets archives of different forms be
// compared: same seed, same calls.
func TestSumsDoNotDependOnLayout(t *testing.T) {
	_, want := mustWrite(t, small())
	changes := map[string]func(*archive.Config){
		"form":      func(c *archive.Config) { c.Form = archive.FormPretty },
		"container": func(c *archive.Config) { c.Container = archive.ContainerZip },
		"hours":     func(c *archive.Config) { c.FilesPer = archive.PerHour },
		"dirt":      func(c *archive.Config) { c.DirtRate = 3 },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			cfg := small()
			change(&cfg)
			_, got := mustWrite(t, cfg)
			if diff := cmp.Diff(want.ByX, got.ByX); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTruthAddsUp(t *testing.T) {
	_, truth := mustWrite(t, archive.Demo())
	if got, want := truth.Calls+truth.Duplicates+truth.ConflictLosers+truth.RejectedRecords+truth.VoiceCalls, truth.Records; got != want {
		t.Errorf("calls + duplicates + losers + rejected + voice calls = %d, records %d", got, want)
	}
	if truth.Calls != int64(archive.Demo().Calls) {
		t.Errorf("%d calls, asked for %d", truth.Calls, archive.Demo().Calls)
	}
	undated := truth.Months[""]
	if undated.Calls == 0 || undated.Answered > 0 {
		t.Errorf("undated calls: %+v, want some and none answered", undated)
	}
	for name, rows := range map[string][]archive.Row{
		"app": truth.ByApp, "x": truth.ByX, "mode": truth.ByMode, "day": truth.ByDay, "hour": truth.ByHour,
	} {
		got := total(rows)
		if name == "day" || name == "hour" {
			got.Calls += undated.Calls
		}
		if want := truth.Total; got.Calls != want.Calls || got.Answered != want.Answered ||
			got.DurationS != want.DurationS || got.Minutes != want.Minutes {
			t.Errorf("by %s: %+v, total %+v", name, got, want)
		}
	}
	calls := int64(0)
	for _, row := range truth.ByCode {
		calls += row.Calls
	}
	if calls != truth.Calls {
		t.Errorf("by code: %d calls, want %d", calls, truth.Calls)
	}
}

func total(rows []archive.Row) (sum archive.Sum) {
	for _, r := range rows {
		sum.Calls += r.Calls
		sum.Answered += r.Answered
		sum.DurationS += r.DurationS
		sum.Minutes += r.Minutes
	}
	return sum
}

// TestDemoHasEverything keeps the demonstration complete and small.
func TestDemoHasEverything(t *testing.T) {
	dir, truth := mustWrite(t, archive.Demo())
	const kinds = 31
	if len(truth.Dirt) != kinds {
		t.Errorf("%d kinds of dirt, want %d: %v", len(truth.Dirt), kinds, truth.Dirt)
	}
	if truth.VoiceCalls == 0 || truth.Redials == 0 || truth.LostCalls == 0 || len(truth.Conflicts) == 0 ||
		truth.SMS.Notify == 0 || truth.Statuses == 0 || truth.ZeroSecond == 0 {
		t.Errorf("something is missing: %+v", truth)
	}
	size := int64(0)
	err := filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if size > 2<<20 {
		t.Errorf("%d bytes on disk, want under 2 MB", size)
	}
}

func TestLinesAreJSON(t *testing.T) {
	dir, truth := mustWrite(t, small())
	bodies := int64(0)
	for _, u := range unpack(t, dir) {
		for line := range bytes.Lines(u.data) {
			var body struct {
				EventType string
				FeeLst    []map[string]any
			}
			if err := json.Unmarshal(line, &body); err != nil {
				t.Fatalf("%s: %v: %s", u.file, err, line)
			}
			if n := len(body.FeeLst); body.EventType != "fee" || n < 1 || n > 50 {
				t.Fatalf("%s: %s body of %d records", u.file, body.EventType, n)
			}
			bodies++
		}
	}
	if bodies != truth.Bodies || bodies != truth.Lines {
		t.Errorf("%d bodies, truth has %d in %d lines", bodies, truth.Bodies, truth.Lines)
	}
}

func TestTruthFiles(t *testing.T) {
	cfg := archive.Demo()
	cfg.TruthDir = filepath.Join(t.TempDir(), "truth")
	_, truth := mustWrite(t, cfg)
	data, err := os.ReadFile(filepath.Join(cfg.TruthDir, "truth_by_app.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"month", "app_key", "calls", "answered", "duration_s", "minutes", "charge_cny"}
	if diff := cmp.Diff(want, rows[0]); diff != "" {
		t.Error(diff)
	}
	if len(rows) != len(truth.ByApp)+1 {
		t.Errorf("%d rows, want %d", len(rows)-1, len(truth.ByApp))
	}
	data, err = os.ReadFile(filepath.Join(cfg.TruthDir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var saved archive.Truth
	if err := json.Unmarshal(data, &saved); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(truth.Months, saved.Months); diff != "" {
		t.Error(diff)
	}
}

func TestWriteRefuses(t *testing.T) {
	used := t.TempDir()
	if err := os.WriteFile(filepath.Join(used, "old.ndjson"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(t.TempDir(), "in")
	tests := map[string]struct {
		dir    string
		change func(*archive.Config)
		want   string
	}{
		"used folder":          {used, func(*archive.Config) {}, "is not empty"},
		"truth inside":         {fresh, func(c *archive.Config) { c.TruthDir = filepath.Join(fresh, "truth") }, "lies inside the archive"},
		"bad month":            {fresh, func(c *archive.Config) { c.Month = "2026-13" }, `month "2026-13"`},
		"no calls":             {fresh, func(c *archive.Config) { c.Calls = 0 }, "calls 0"},
		"too few numbers":      {fresh, func(c *archive.Config) { c.Numbers = 2 }, "at least one for each"},
		"rate over one":        {fresh, func(c *archive.Config) { c.RepushRate = 1.5 }, "repush rate 1.5"},
		"unknown form":         {fresh, func(c *archive.Config) { c.Form = "xml" }, `form "xml"`},
		"lost without events":  {fresh, func(c *archive.Config) { c.LostRate = 0.1 }, "events only"},
		"batch above the most": {fresh, func(c *archive.Config) { c.BatchMean = 51 }, "batch mean 51"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := archive.Default()
			tt.change(&cfg)
			_, err := archive.Write(context.Background(), tt.dir, cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestWriteStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := archive.Write(ctx, filepath.Join(t.TempDir(), "in"), archive.Default())
	if err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
		t.Errorf("error %v, want cancelled", err)
	}
}
