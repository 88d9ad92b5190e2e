package xtally_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xtally/xtally"
	gen "github.com/xtally/xtally/cmd/xtally-gen/archive"
)

// chargeModels are the layers and marts that charges, packages, the split and
// numbers need; the rest of a build is what it was without them.
var chargeModels = []string{
	"classed", "rated", "metered", "drawn", "settled", "allocated", "summed",
	"marts.sms_by_x_number", "marts.packages", "marts.package_costs", "marts.package_advice", "marts.split_rules", "marts.prices",
	"marts.numbers", "marts.idle_numbers", "marts.number_history", "marts.complaints", "marts.complaints_by_x_number",
}

// BenchmarkCharge builds a month of XTALLY_BENCH_CALLS calls in full, with list
// prices alone and with three packages, a discount and a number table, and says
// what charging and splitting cost beside the rest of the build. With -v it
// lists the models that take longest.
func BenchmarkCharge(b *testing.B) {
	dir := b.TempDir()
	cfg := gen.Bench()
	cfg.Calls = benchCalls(b)
	if _, err := gen.Write(b.Context(), filepath.Join(dir, "in"), cfg); err != nil {
		b.Fatal(err)
	}
	times := &builtTimes{took: map[string]time.Duration{}}
	tally := mustOpen(b, filepath.Join(dir, "x.duckdb"), xtally.WithLogger(slog.New(times)), xtally.WithClock(time.Now), xtally.WithMemoryLimit(4<<30))
	mustLoad(b, tally, filepath.Join(dir, "in"))
	month, err := xtally.ParseMonth(cfg.Month, time.Time{})
	if err != nil {
		b.Fatal(err)
	}
	mustBuild(b, tally)
	tables := benchTables(b, tally, dir, month, cfg.Calls)
	var plain, full time.Duration
	for b.Loop() {
		mustLoadTables(b, tally, xtally.Tables{})
		plain = times.rebuild(b, tally)
		b.Log("list prices: " + times.longest())
		mustLoadTables(b, tally, tables)
		full = times.rebuild(b, tally)
		b.Log("all tables: " + times.longest())
	}
	charge, rest := times.parts()
	b.ReportMetric(0, "ns/op") // the figures below are those of one build each
	b.ReportMetric(plain.Seconds(), "list-prices-s")
	b.ReportMetric(full.Seconds(), "all-tables-s")
	b.ReportMetric(full.Seconds()/plain.Seconds(), "all-tables/list-prices")
	b.ReportMetric(charge.Seconds()/rest.Seconds(), "charge/rest")
}

// benchTables writes three packages that empty within the month, a discount and
// the table of all numbers.
func benchTables(b *testing.B, tally *xtally.Tally, dir string, month xtally.Month, calls int) xtally.Tables {
	packages := "package_id,minutes,sms,price_cny,valid_from,valid_to\n"
	for i := range 3 {
		packages += fmt.Sprintf("p-%d,%d,1000,2500,2026-10-01,202%d-10-01\n", i, calls/4, 7+i)
	}
	numbers := "x_number,kind,app_key\n"
	var seen []string
	for i, line := range strings.Split(strings.TrimSpace(export(b, tally, "charges_by_x_number", month)), "\n") {
		cells := strings.Split(line, ",") // month, x_number, app_key, number_kind
		if i == 0 || slices.Contains(seen, cells[1]) || !strings.HasPrefix(cells[1], "+86") {
			continue
		}
		seen = append(seen, cells[1])
		numbers += strings.Join([]string{cells[1], cells[3], cells[2]}, ",") + "\n"
	}
	for name, text := range map[string]string{"packages": packages, "numbers": numbers, "prices": "item,price_cny,discount\ncall,0.06,0.85\n"} {
		mustWrite(b, filepath.Join(dir, "tables", name+".csv"), []byte(text))
	}
	return caseTables(dir)
}

// builtTimes notes how long each model took.
type builtTimes struct {
	slog.Handler
	took map[string]time.Duration
}

func (t *builtTimes) Enabled(context.Context, slog.Level) bool { return true }

func (t *builtTimes) Handle(_ context.Context, r slog.Record) error {
	var relation string
	var took time.Duration
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "relation":
			relation = a.Value.String()
		case "took":
			took = a.Value.Duration()
		}
		return true
	})
	if relation != "" {
		t.took[relation] += took
	}
	return nil
}

// rebuild times one full build.
func (t *builtTimes) rebuild(b *testing.B, tally *xtally.Tally) time.Duration {
	b.Helper()
	t.took = map[string]time.Duration{}
	start := time.Now()
	if _, err := tally.Rebuild(b.Context()); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// parts sums up the models of charges, and the others.
func (t *builtTimes) parts() (charge, rest time.Duration) {
	for relation, took := range t.took {
		layer, _, _ := strings.Cut(relation, ".")
		if slices.Contains(chargeModels, layer) || slices.Contains(chargeModels, relation) {
			charge += took
		} else {
			rest += took
		}
	}
	return charge, rest
}

// longest names the ten models that took longest.
func (t *builtTimes) longest() string {
	var all []string
	for relation := range t.took {
		all = append(all, relation)
	}
	slices.SortFunc(all, func(a, b string) int { return int(t.took[b] - t.took[a]) })
	for i, relation := range all {
		all[i] = fmt.Sprintf("%s %.2f s", relation, t.took[relation].Seconds())
	}
	return strings.Join(all[:min(10, len(all))], ", ")
}
