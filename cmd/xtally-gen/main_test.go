package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// run runs the command and returns what it prints.
func run(args ...string) (string, error) {
	var out strings.Builder
	cmd := newCommand()
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SetArgs(args)
	err := cmd.Execute()
	return out.String(), err
}

func TestFlagsOverridePreset(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "in")
	out, err := run("--calls", "50", "--preset", "bench", "--numbers", "30", "--repush-rate", "0", "--rebatch-rate=0", "--out", dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := dir + ": 50 calls, 50 records (0 duplicates, 0 conflict losers"; !strings.HasPrefix(out, want) {
		t.Errorf("printed %q, want %q…", out, want)
	}
}

func TestUsageErrors(t *testing.T) {
	tests := map[string][]string{
		"no folder":      {},
		"argument":       {"--out", "x", "y"},
		"unknown flag":   {"--colour"},
		"unknown preset": {"--out", "x", "--preset", "huge"},
		"bad setting":    {"--out", "x", "--form", "xml"},
	}
	for name, args := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := run(args...)
			if exitStatus(err) != exitUsage {
				t.Errorf("exit status %d (%v), want %d", exitStatus(err), err, exitUsage)
			}
		})
	}
}
