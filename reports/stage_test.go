package reports

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A killed process leaves its stage, unlocked; the next stage of the same target
// removes it, but neither one in use nor a folder that only looks alike.
func TestStagesLeftBehind(t *testing.T) {
	root := t.TempDir()
	target := filepath.Join(root, "2026-10")
	alive, err := NewStage(target)
	if err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * stageIsYoung)
	made := func(name string, locked bool, at time.Time) string {
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if locked {
			if err := os.WriteFile(filepath.Join(dir, stageLock), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chtimes(dir, at, at); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	there := map[string]bool{
		alive.Dir:                                true,
		made(".2026-10-1234", true, time.Now()):  false, // killed a moment ago
		made(".2026-10-2345", false, old):        false, // killed before it had its lock
		made(".2026-10-3456", false, time.Now()): true,  // another's, which is about to take its lock
		made(".2026-10-notes", true, old):        true,  // somebody's own
		made(".2026-09-4567", true, old):         true,  // of another month
		made(".2026-10-4567.saved", true, old):   true,
	}
	next, err := NewStage(target)
	if err != nil {
		t.Fatal(err)
	}
	for dir, want := range there {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s: %v, want it there: %v", dir, err, want)
		}
	}
	for _, s := range []*Stage{alive, next} {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(s.Dir); !os.IsNotExist(err) {
			t.Errorf("%s is there after Close: %v", s.Dir, err)
		}
	}
}
