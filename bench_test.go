package xtally_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/xtally/xtally/cmd/xtally-bench/baseline"
	gen "github.com/xtally/xtally/cmd/xtally-gen/archive"
)

// benchCalls is how many calls the benchmark's archive holds:
// XTALLY_BENCH_CALLS=1000000 is the size of the targets in the README.
func benchCalls(b *testing.B) int {
	text := os.Getenv("XTALLY_BENCH_CALLS")
	if text == "" {
		return 50_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("XTALLY_BENCH_CALLS=%s: %v", text, err)
	}
	return n
}

// TestMain lets the test binary be the limit's process, and that of an object store.
func TestMain(m *testing.M) {
	if in := os.Getenv("XTALLY_BENCH_LIMIT_IN"); in != "" {
		if err := baseline.Limit(context.Background(), in, os.Getenv("XTALLY_BENCH_LIMIT_OUT")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if root := os.Getenv("XTALLY_TEST_STORE"); root != "" {
		if err := runStore(root, os.Getenv("XTALLY_TEST_STORE_ADDRESS")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	stopStore()
	os.Exit(code)
}

// measured is one finished process.
type measured struct {
	wall, cpu time.Duration
	peakBytes int64
}

// measure runs a process and reads the system's own accounting of it.
func measure(b *testing.B, cmd *exec.Cmd) measured {
	b.Helper()
	start := time.Now()
	out, err := cmd.CombinedOutput()
	wall := time.Since(start)
	if err != nil {
		b.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	state := cmd.ProcessState
	m := measured{wall: wall, cpu: state.UserTime() + state.SystemTime()}
	if ru, ok := state.SysUsage().(*syscall.Rusage); ok {
		m.peakBytes = ru.Maxrss * 1024 // kB on Linux
	}
	return m
}

// BenchmarkRun times xtally run, everything included, against the bare DuckDB
// statement of baseline.Limit on the same files, in turn, as whole processes. It
// reports the ratio of the two wall times, the peak memory, and a second run.
func BenchmarkRun(b *testing.B) {
	dir := b.TempDir()
	binary := filepath.Join(dir, "xtally")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/xtally").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	for _, form := range []string{"lines", "array", "wrapped-object", "wrapped-string"} {
		b.Run(form, func(b *testing.B) { benchmarkForm(b, binary, form) })
	}
}

func benchmarkForm(b *testing.B, binary, form string) {
	in := filepath.Join(b.TempDir(), "in")
	cfg := gen.Bench()
	cfg.Calls, cfg.Form = benchCalls(b), gen.Form(form)
	truth, err := gen.Write(b.Context(), in, cfg)
	if err != nil {
		b.Fatal(err)
	}
	var run, again, bare measured
	for b.Loop() {
		work := b.TempDir()
		if form == "lines" {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "XTALLY_BENCH_LIMIT_IN="+in, "XTALLY_BENCH_LIMIT_OUT="+filepath.Join(work, "limit.csv"))
			bare = measure(b, cmd)
		}
		args := []string{"run", "--db", filepath.Join(work, "x.duckdb"), "--archive", in, "--month", cfg.Month, "--out", filepath.Join(work, "out")}
		run = measure(b, exec.Command(binary, args...))
		again = measure(b, exec.Command(binary, args...))
	}
	b.ReportMetric(0, "ns/op") // the figures below are those of whole processes
	b.ReportMetric(run.wall.Seconds(), "run-s")
	b.ReportMetric(run.cpu.Seconds(), "run-cpu-s")
	b.ReportMetric(float64(run.peakBytes)/1e6, "run-peak-MB")
	b.ReportMetric(again.wall.Seconds(), "again-s")
	b.ReportMetric(float64(truth.Records)/run.wall.Seconds(), "records/s")
	if form == "lines" {
		b.ReportMetric(bare.wall.Seconds(), "limit-s")
		b.ReportMetric(run.wall.Seconds()/bare.wall.Seconds(), "run/limit")
	}
}
