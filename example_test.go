package xtally_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/xtally/xtally"
)

func ExampleTally_Run() {
	dir, err := os.MkdirTemp("", "xtally-example-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	t, err := xtally.Open(ctx, filepath.Join(dir, "tally.duckdb"))
	if err != nil {
		log.Fatal(err)
	}
	defer t.Close()
	result, err := t.Run(ctx, xtally.Job{
		Archive: []string{"testdata/started_minute_counts/in"},
		Month:   xtally.MonthOf(2026, time.October),
		Out:     filepath.Join(dir, "reports"),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, app := range result.Summary.Apps {
		fmt.Printf("%s: %d calls, %d min, %s CNY\n", app.AppKey, app.Calls, app.BilledMin, app.TotalCNY)
	}
	fmt.Printf("total %s CNY\n", result.Summary.TotalCNY)
	// Output:
	// app-a: 8 calls, 69 min, 9.14 CNY
	// total 9.14 CNY
}
