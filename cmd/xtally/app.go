package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// app is what the commands share.
type app struct {
	out, err io.Writer
	settings settings
}

// configure completes the settings before any command runs.
func (a *app) configure(cmd *cobra.Command) error {
	if err := a.settings.merge(cmd); err != nil {
		return err
	}
	for _, f := range a.settings.Format {
		switch reports.Format(f) {
		case reports.CSV, reports.XLSX, reports.Parquet:
		default:
			return usageError{fmt.Errorf("format %q: want csv, xlsx or parquet", f)}
		}
	}
	if l := a.settings.Lang; l != "" && l != "zh" && l != "en" {
		return usageError{fmt.Errorf("lang %q: want zh or en", l)}
	}
	if a.settings.unmask && !a.settings.detail {
		return usageError{fmt.Errorf("--unmask needs --detail: only the call list holds people's numbers")}
	}
	return nil
}

// open opens the database with the settings.
func (a *app) open(ctx context.Context) (*xtally.Tally, error) {
	opts := []xtally.Option{xtally.WithLogger(a.logger()), xtally.WithProgress(newProgress(a.err))}
	if a.settings.SettleBy != "" {
		opts = append(opts, xtally.WithSettleBy(a.settings.SettleBy), xtally.WithZeroSecondMin(a.settings.ZeroSecondMin))
	}
	if m := a.settings.MemoryLimit; m != "" {
		n, err := xtally.ParseBytes(m)
		if err != nil {
			return nil, usageError{fmt.Errorf("memory-limit: %w", err)}
		}
		opts = append(opts, xtally.WithMemoryLimit(n))
	}
	return xtally.Open(ctx, a.settings.DB, opts...)
}

func (a *app) logger() *slog.Logger {
	level := slog.LevelWarn
	if a.settings.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level}))
}

// existing refuses to make a new database where one is meant to be there.
func (a *app) existing(ctx context.Context) (*xtally.Tally, error) {
	if _, err := os.Stat(a.settings.DB); err != nil {
		return nil, fmt.Errorf("database %s: not there; load an archive first or check --db", a.settings.DB)
	}
	return a.open(ctx)
}

// month reads --month.
func (a *app) month() (xtally.Month, error) {
	if a.settings.Month == "" {
		return xtally.Month{}, usageError{fmt.Errorf("no month; give --month YYYY-MM, last or current")}
	}
	m, err := xtally.ParseMonth(a.settings.Month, time.Now())
	if err != nil {
		return m, usageError{err}
	}
	return m, nil
}

func (a *app) reportOptions() xtally.ReportOptions {
	o := xtally.ReportOptions{Lang: reports.Lang(a.settings.Lang), Detail: a.settings.detail, Unmask: a.settings.unmask}
	for _, f := range a.settings.Format {
		o.Formats = append(o.Formats, reports.Format(f))
	}
	return o
}

// printJSON prints a result for machines.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
