package xtally_test

import (
	"bufio"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/xtally/xtally"
)

// BenchmarkReconcile loads a bill of XTALLY_BENCH_BILL_ROWS rows (2,000), one a
// number and hour of October, beside a small archive, builds, and says what each
// took and what memory the process held at most. With -v it lists the models
// that take longest.
func BenchmarkReconcile(b *testing.B) {
	rows := 2000
	if n, err := strconv.Atoi(os.Getenv("XTALLY_BENCH_BILL_ROWS")); err == nil {
		rows = n
	}
	dir := b.TempDir()
	writeHourlyBill(b, filepath.Join(dir, "bill", billFile), rows)
	mustWrite(b, filepath.Join(dir, "in", "a.ndjson"), []byte(archiveOf([]drawnHour{{2, []int{3, 1}, ""}})))
	var load, build time.Duration
	for b.Loop() {
		b.StopTimer()
		times := &builtTimes{took: map[string]time.Duration{}}
		db := filepath.Join(dir, "x.duckdb")
		os.Remove(db)
		tally := mustOpen(b, db, xtally.WithLogger(slog.New(times)), xtally.WithClock(time.Now), xtally.WithMemoryLimit(4<<30))
		mustLoad(b, tally, filepath.Join(dir, "in"))
		b.StartTimer()
		start := time.Now()
		mustLoadBill(b, tally, filepath.Join(dir, "bill"))
		load = time.Since(start)
		mustBuild(b, tally)
		build = time.Since(start) - load
		b.Log(times.longest())
		if err := tally.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(0, "ns/op") // the figures below are those of one round
	b.ReportMetric(load.Seconds(), "load-s")
	b.ReportMetric(build.Seconds(), "build-s")
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err == nil {
		b.ReportMetric(float64(used.Maxrss)/1024, "peak-MB")
	}
}

// writeHourlyBill writes a usage bill with a row for each number and hour.
func writeHourlyBill(b *testing.B, path string, rows int) {
	b.Helper()
	mustWrite(b, path, []byte(generatedHeads))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	start := time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		from := start.Add(time.Duration(i%744) * time.Hour)
		r := billRow{
			item: "call", product: billNames["call"], resource: fmt.Sprintf("+86170%08d", i/744),
			from: from, to: from.Add(time.Hour), price: 60_000, net: 51_000, quantity: int64(i%7 + 1),
		}
		r.settle()
		w.WriteString(r.csv(i))
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}
