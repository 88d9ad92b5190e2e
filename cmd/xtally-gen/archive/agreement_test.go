package archive_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally/cmd/xtally-gen/archive"
)

// TestReaderAgrees reads archives of every shape with a second, independent
// program and holds what it finds against the truth.
func TestReaderAgrees(t *testing.T) {
	for _, form := range archive.Forms {
		t.Run("form "+string(form), func(t *testing.T) {
			cfg := small()
			cfg.Form = form
			agree(t, cfg)
		})
	}
	for _, container := range archive.Containers {
		t.Run("container "+string(container), func(t *testing.T) {
			cfg := small()
			cfg.Container, cfg.FilesPer = container, archive.PerHour
			agree(t, cfg)
		})
	}
}

// unraced skips a test that is about figures and not about goroutines when the race
// detector is on: it would only take longer.
func unraced(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("told without the race detector")
	}
}

func TestReaderAgreesOnDirt(t *testing.T) {
	unraced(t)
	t.Run("demo", func(t *testing.T) { agree(t, archive.Demo()) })
	t.Run("hourly", func(t *testing.T) {
		cfg := archive.Demo()
		cfg.FilesPer, cfg.DirtRate, cfg.Seed = archive.PerHour, 0.8, 7
		agree(t, cfg)
	})
	t.Run("lines", func(t *testing.T) {
		cfg := archive.Demo()
		cfg.Form, cfg.Container, cfg.DirtRate, cfg.Seed = archive.FormLines, archive.ContainerGzip, 5, 3
		agree(t, cfg)
	})
	t.Run("february", func(t *testing.T) {
		cfg := archive.Demo()
		cfg.Month, cfg.Seed, cfg.ConflictRate = "2024-02", 11, 0.05
		agree(t, cfg)
	})
}

func agree(t *testing.T, cfg archive.Config) {
	t.Helper()
	dir, truth := mustWrite(t, cfg)
	got := read(t, dir)
	type counts struct {
		Bodies, Records, Calls, Duplicates, Losers, Rejected, Voice, Corrupt int64
	}
	want := counts{
		truth.Bodies, truth.Records, truth.Calls, truth.Duplicates,
		truth.ConflictLosers, truth.RejectedRecords, truth.VoiceCalls, truth.CorruptFiles,
	}
	have := counts{
		got.bodies, got.records, int64(len(got.calls)), got.duplicates,
		got.losers, got.rejectedRecords, got.voice, got.corrupt,
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("counts (-truth +read):\n%s", diff)
	}
	if diff := cmp.Diff(truth.Months, got.months); diff != "" {
		t.Errorf("months (-truth +read):\n%s", diff)
	}
	if diff := cmp.Diff(truth.Events, got.events); diff != "" {
		t.Errorf("events (-truth +read):\n%s", diff)
	}
	agreeOnRejects(t, truth, got)
	parts := int64(0)
	for _, row := range truth.SMSByX {
		parts += row.Parts
	}
	if parts != got.smsParts {
		t.Errorf("message parts: truth %d, read %d", parts, got.smsParts)
	}
}

// agreeOnRejects compares every refusal and its place. The reader refuses what
// may also be read, but passes over lines of a log that hold no JSON.
func agreeOnRejects(t *testing.T, truth *archive.Truth, got *reading) {
	t.Helper()
	want := map[string]int{}
	for _, r := range truth.Rejects {
		if r.Reason != "corrupt_gzip" {
			want[rejectKey(r.File, r.Member, r.Line, r.Index, r.Reason)]++
		}
	}
	if diff := cmp.Diff(want, got.rejects); diff != "" {
		t.Errorf("rejects (-truth +read):\n%s", diff)
	}
}
