package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// app is what the commands share.
type app struct {
	out, err  io.Writer
	isWatched bool // results go to a terminal that can draw
	settings  settings
	extra     []xtally.Option // what a command adds, such as a mailer
}

// configure completes the settings before any command runs.
func (a *app) configure(cmd *cobra.Command) error {
	if err := a.settings.merge(cmd); err != nil {
		return err
	}
	return a.settings.check()
}

// open opens the database with the settings.
func (a *app) open(ctx context.Context) (*xtally.Tally, error) {
	opts := []xtally.Option{xtally.WithLogger(a.logger()), xtally.WithProgress(newProgress(a.err)), xtally.WithRules(a.settings.rules()), xtally.WithAlertRules(a.settings.Alerts.rules())}
	if m := a.settings.MemoryLimit; m != "" {
		n, err := xtally.ParseBytes(m)
		if err != nil {
			return nil, err
		}
		opts = append(opts, xtally.WithMemoryLimit(n))
	}
	key, err := secret("XTALLY_NUMBER_KEY", "number_key_file", a.settings.NumberKeyFile)
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", a.settings.config, err)}
	}
	if key != "" {
		opts = append(opts, xtally.WithNumberKey([]byte(key)))
	}
	store, err := a.settings.store()
	if err != nil {
		return nil, err
	}
	opts = append(opts, xtally.WithObjectStore(store))
	if info, err := os.Stat(a.settings.DB); err == nil && info.IsDir() {
		return nil, fmt.Errorf("open %s: is a folder; give --db a file in it", a.settings.DB)
	}
	return a.openWaiting(ctx, append(opts, a.extra...))
}

// lookAgain is how often a database is tried that another process has open.
const lookAgain = 200 * time.Millisecond

// openWaiting opens the database, if need be when the process that has it open
// is done, within --wait.
func (a *app) openWaiting(ctx context.Context, opts []xtally.Option) (*xtally.Tally, error) {
	told := false
	for end := time.Now().Add(time.Duration(a.settings.Wait)); ; {
		t, err := xtally.Open(ctx, a.settings.DB, opts...)
		if !errors.Is(err, xtally.ErrLocked) || !time.Now().Before(end) {
			return t, err
		}
		if !told {
			told = true
			fmt.Fprintf(a.err, "xtally: note: %v; waiting up to %v\n", err, time.Duration(a.settings.Wait))
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lookAgain):
		}
	}
}

// job is what to load and report by the settings.
func (a *app) job(month xtally.Month) xtally.Job {
	return xtally.Job{
		Archive: a.settings.Archive, Tables: a.settings.tables(), Bill: a.settings.Bill,
		Month: month, Out: a.settings.Out, Report: a.reportOptions(),
	}
}

func (a *app) logger() *slog.Logger {
	level := slog.LevelWarn
	if a.settings.verbose {
		level = slog.LevelDebug
	}
	return a.logTo(level, a.settings.LogFormat == "json")
}

// logTo makes a logger on standard error.
func (a *app) logTo(level slog.Level, asJSON bool) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if asJSON {
		return slog.New(slog.NewJSONHandler(a.err, o))
	}
	return slog.New(slog.NewTextHandler(a.err, o))
}

// existing refuses to make a new database where one is meant to be there.
func (a *app) existing(ctx context.Context) (*xtally.Tally, error) {
	if _, err := os.Stat(a.settings.DB); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open %s: no such file; load an archive first or check --db", a.settings.DB)
	}
	return a.open(ctx)
}

// checkOut refuses a place for reports that cannot become a folder, before
// the work is done and not after it.
func (a *app) checkOut() error {
	if a.settings.Out == "" {
		return a.settings.bad("out", "", "a folder")
	}
	for p := filepath.Clean(a.settings.Out); ; p = filepath.Dir(p) {
		info, err := os.Stat(p)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("report to %s: %s is not a folder; choose another --out", a.settings.Out, p)
		}
		if err == nil || p == filepath.Dir(p) {
			return nil
		}
	}
}

// month reads --month.
func (a *app) month() (xtally.Month, error) {
	if a.settings.Month == "" {
		return xtally.Month{}, usageError{fmt.Errorf("no month; give --month YYYY-MM, last or current")}
	}
	m, err := xtally.ParseMonth(a.settings.Month, time.Now())
	if err != nil {
		return m, a.settings.bad("month", a.settings.Month, "YYYY-MM, last or current")
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

// warnMonth says when a month's reports show less than the user may expect:
// nothing at all, or not yet what was loaded last.
func (a *app) warnMonth(ctx context.Context, t *xtally.Tally, month xtally.Month) error {
	built, err := t.Built(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(built, month.String()) {
		fmt.Fprintf(a.err, "xtally: note: %s holds no calls and no messages; the database holds %s\n",
			month, cmp.Or(strings.Join(built, ", "), "no month"))
	}
	return a.warnUnbuilt(ctx, t)
}

// warnUnbuilt says what was loaded and is not built yet.
func (a *app) warnUnbuilt(ctx context.Context, t *xtally.Tally) error {
	waiting, err := t.ToBuild(ctx)
	if len(waiting) > 0 {
		fmt.Fprintf(a.err, "xtally: note: %s was loaded but is not built and not in the reports; run xtally build first\n", strings.Join(waiting, ", "))
	}
	return err
}

// warnBills says when the bills given are all of other months.
func (a *app) warnBills(month xtally.Month, bills []xtally.Bill) {
	var of []string
	for _, b := range bills {
		of = append(of, b.Months...)
	}
	slices.Sort(of)
	if len(bills) > 0 && !slices.Contains(of, month.String()) {
		fmt.Fprintf(a.err, "xtally: note: the bills given are of %s, none of %s; give that month's bill, or another --month\n",
			strings.Join(slices.Compact(of), ", "), month)
	}
}

// printJSON prints a result for machines.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
