package main

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"
)

// TestMain lets the test binary be the process of a baseline.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "--baseline") {
		main()
		return
	}
	os.Exit(m.Run())
}

// The whole benchmark runs, on a few calls: what it prints is measured elsewhere.
func TestBench(t *testing.T) {
	if raced {
		t.Skip("told without the race detector")
	}
	var out, log bytes.Buffer
	cmd := newCommand()
	cmd.SetArgs([]string{"--calls", "400", "--rounds", "1", "--full", "--only", "limit,xtally,go", "--work", t.TempDir()})
	cmd.SetOut(&out)
	cmd.SetErr(&log)
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, log.Bytes())
	}
	for _, line := range []string{
		`(?m)^400 calls, [0-9]+ records, [0-9]+ MB of JSON; medians of 1$`,
		`(?m)^ +bare DuckDB \(the limit\) +[0-9.]+ +[0-9.]+ +[0-9]+ +[0-9]+ +1.00 *$`,
		`(?m)^ +xtally run +[0-9.]+ +[0-9.]+ +[0-9]+ +[0-9]+ +[0-9.]+ *$`,
		`(?m)^ +xtally run again `,
		`(?m)^ +plain Go, encoding/json +`,
		`(?m)^ +load +[0-9.]+ +[0-9.]+ +[0-9]+ *$`,
		`(?m)^ +· marts +[0-9.]+ *$`,
		`(?m)^ +reports: workbook +`,
	} {
		if !regexp.MustCompile(line).Match(out.Bytes()) {
			t.Errorf("no line %s in\n%s", line, out.Bytes())
		}
	}
}

func TestMedian(t *testing.T) {
	runs := []measured{{wall: 3 * time.Second}, {wall: time.Second}, {wall: 2 * time.Second}}
	if got := median(runs, func(m measured) time.Duration { return m.wall }); got != 2*time.Second {
		t.Errorf("median %v", got)
	}
}
