package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

func newInit(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "init",
		Short:   "Write a commented " + defaultConfig + " here",
		Long:    "Writes " + defaultConfig + " with every setting and its default. A file that is there stays as it is.",
		Example: "  xtally init && xtally run",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := writeNew(defaultConfig, sampleConfig()); err != nil {
				return err
			}
			if a.settings.json {
				return a.printJSON(map[string]string{"wrote": defaultConfig})
			}
			fmt.Fprintln(a.out, "wrote "+defaultConfig+"; set archive in it to your folder of callbacks, then: xtally run")
			return nil
		},
		// init must work where the settings file is missing or broken.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
}

// writeNew writes a file that must not be there yet.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("init: %s is there already and was left as it is; move it away to get a new one", name)
	}
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func newLoad(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Load archives of callbacks into the database",
		Long: `Loads call records, call events, SMS notices and number status from files,
folders or globs: plain, .gz, .zst, .zip, .tar, .tar.gz, told by content and
not by name. Content that was loaded before, also under another name, is
skipped. It does not charge anything: build does.
` + billHelp,
		Example: `  xtally load --db xtally.duckdb --archive testdata/demo/in
  xtally load --db xtally.duckdb --bill bills`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(a.settings.Archive) == 0 && len(a.settings.Bill) == 0 {
				return errNoArchive
			}
			t, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			bills := []xtally.Bill{}
			if len(a.settings.Bill) > 0 {
				if bills, err = t.LoadBill(cmd.Context(), a.settings.Bill...); err != nil {
					return err
				}
			}
			if len(a.settings.Archive) == 0 {
				return a.showBills(bills)
			}
			r, err := t.Load(cmd.Context(), a.settings.Archive...)
			if err != nil {
				return err
			}
			books, err := t.Books(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.showLoad(bills, r, books); err != nil {
				return err
			}
			return errors.Join(append(r.Failed, a.noCallbacks(r))...)
		},
	}
	a.settings.addArchiveFlag(cmd.Flags())
	a.settings.addBillFlag(cmd.Flags())
	return cmd
}

// billHelp is the part of a command's help on bills.
const billHelp = `
The vendor's bill (csv, xlsx or zip, in Chinese or English) may be usage details,
transactions, resources or a statement; rows of other products are left out. Bills
add up in the database: a later or final one replaces the provisional one, and no
row is counted from two of them.`

var errNoArchive = usageError{errors.New("no archive; give --archive with a file, folder or glob of callbacks")}

// noCallbacks is the error of a load that found files but no callback in any.
func (a *app) noCallbacks(r xtally.LoadResult) error {
	if r.Known > 0 || len(r.Failed) > 0 {
		return nil
	}
	for _, f := range r.Files {
		if f.Bodies > 0 {
			return nil
		}
	}
	return fmt.Errorf("load %s: no callbacks in %s; check --archive (the report named rejects tells what was found instead)",
		strings.Join(a.settings.Archive, ", "), count(len(r.Files), "file"))
}

func newBuild(a *app) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Make calls, charges and marts of the months that changed",
		Long: `Makes the derived tables of every month that load touched, proves all keys and
checks, and publishes all of it or nothing (exit 3).
` + tablesHelp,
		Example: `  xtally build --db xtally.duckdb
  xtally build --db xtally.duckdb --prices prices.xlsx --numbers numbers.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			if err := t.LoadTables(cmd.Context(), a.settings.tables()); err != nil {
				return err
			}
			tables, err := t.InputTables(cmd.Context())
			if err != nil {
				return err
			}
			build := t.Build
			if all {
				build = t.Rebuild
			}
			r, err := build(cmd.Context())
			if err != nil {
				return err
			}
			return a.showBuild(tables, r)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "make all months anew; gives the same rows")
	a.settings.addTableFlags(cmd.Flags())
	a.settings.addRuleFlags(cmd.Flags())
	return cmd
}

func newReport(a *app) *cobra.Command {
	var list, asClosed bool
	var from, to string
	cmd := &cobra.Command{
		Use:   "report [NAME...]",
		Short: "Write the reports of a month, or of a longer or shorter time",
		Long: `Writes CSV, Parquet and a workbook into OUT/YYYY-MM from what build published,
and manifest.json beside them. Without names, every report but the call list,
which --detail adds. It loads and builds nothing.

Of a closed month the charges are those it was closed with, and what was found
since is in the report adjustments. --as-closed writes the files kept when the
month was closed, byte for byte; format, language and detail are theirs.

--from and --to take months (a quarter, a year) or days (a week) and write into
OUT/FROM_TO; totals_by_month sets the months beside each other. Over days there is
no rent, and reports that know whole months only are left out.`,
		Example: `  xtally report --db xtally.duckdb --month 2026-10 --out reports
  xtally report charges_by_app --month last --format csv --lang en
  xtally report calls --month 2026-10 --detail --format csv,parquet
  xtally report --month 2026-10 --as-closed --out closed
  xtally report --from 2026-07 --to 2026-09
  xtally report charges_by_app_day --from 2026-10-05 --to 2026-10-11 --format csv`,
		Args: reportNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return a.listReports()
			}
			if from != "" || to != "" {
				if asClosed || (cmd.Flags().Changed("month") && a.settings.from["month"] == "") {
					return usageError{errors.New("--from and --to: not together with --month or --as-closed")}
				}
				return a.reportPeriod(cmd.Context(), from, to, args)
			}
			month, err := a.month()
			if err != nil {
				return err
			}
			if err := a.checkOut(); err != nil {
				return err
			}
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			o := a.reportOptions()
			o.Names, o.AsClosed = args, asClosed
			files, err := t.Report(cmd.Context(), a.settings.Out, month, o)
			if err != nil {
				return err
			}
			if err := a.warnMonth(cmd.Context(), t, month); err != nil {
				return err
			}
			return a.showFiles(month, files)
		},
	}
	cmd.Flags().BoolVar(&asClosed, "as-closed", false, "write the files kept when the month was closed")
	cmd.Flags().StringVar(&from, "from", "", "first `MONTH or day` of a period, instead of --month: 2026-07 or 2026-10-05")
	cmd.Flags().StringVar(&to, "to", "", "last `MONTH or day` of the period (default: now)")
	cmd.Flags().BoolVar(&list, "list", false, "list the reports there are")
	a.settings.addReportFlags(cmd.Flags())
	return cmd
}

// reportPeriod writes the reports from one month or day to another.
func (a *app) reportPeriod(ctx context.Context, from, to string, names []string) error {
	if from == "" {
		return usageError{errors.New("--to: a period needs its beginning too; give --from")}
	}
	period, err := xtally.ParsePeriod(from, to, time.Now())
	if err != nil {
		return usageError{err}
	}
	if err := a.checkOut(); err != nil {
		return err
	}
	t, err := a.existing(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	o := a.reportOptions()
	o.Names = names
	files, err := t.ReportPeriod(ctx, a.settings.Out, period, o)
	if err != nil {
		return err
	}
	s, err := t.Status(ctx)
	if err != nil {
		return err
	}
	a.warnUnbuilt(s)
	return a.showFiles(period, files)
}

// reportNames refuses names that are not in the catalogue.
func reportNames(_ *cobra.Command, args []string) error {
	for _, name := range args {
		if _, ok := reports.Find(name); !ok {
			return usageError{fmt.Errorf("report %s: %w; see xtally report --list", name, xtally.ErrUnknownReport)}
		}
	}
	return nil
}

func newRun(a *app) *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Load, build, check and report in one go",
		Long: `Loads what is new in the archive, makes the months it touches, proves every
check and writes the month's reports. Nothing is published when a check fails
(exit 3). Run again over the same archive, it changes nothing. With --mail-to,
the month is mailed, once, by the settings under mail.

With --dry-run it loads, stores and reports nothing: it shows, app by app, what the
month was charged by the last build and what the tables given would charge.
` + billHelp + `
` + tablesHelp,
		Example: `  xtally run --db xtally.duckdb --archive testdata/demo/in --month 2026-10 --out reports
  xtally run --archive testdata/demo/in --month 2026-10 --prices prices.xlsx --numbers numbers.csv
  xtally run --month 2026-10 --prices next-year.xlsx --numbers numbers.csv --dry-run`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			month, err := a.month()
			if err != nil {
				return err
			}
			if dry {
				return a.dryRun(cmd.Context(), month)
			}
			if len(a.settings.Archive) == 0 {
				return errNoArchive
			}
			if err := a.checkOut(); err != nil {
				return err
			}
			run, err := a.mailedRun(month)
			if err != nil {
				return err
			}
			t, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			started := time.Now()
			r, err := run(cmd.Context(), t)
			if cmd.Context().Err() == nil {
				err = errors.Join(err, a.textfile(cmd.Context(), t, started, err))
			}
			if errors.Is(err, xtally.ErrNoCallbacks) {
				return errors.Join(a.showLoad(r.Bills, r.Load, xtally.Books{}), err)
			}
			if len(r.Reports) == 0 {
				return err
			}
			if warnErr := a.warnMonth(cmd.Context(), t, month); warnErr != nil {
				return errors.Join(err, warnErr)
			}
			a.warnBills(month, r.Bills)
			if showErr := a.showRun(month, r); showErr != nil {
				return showErr
			}
			return err
		},
	}
	a.settings.addArchiveFlag(cmd.Flags())
	a.settings.addTableFlags(cmd.Flags())
	a.settings.addBillFlag(cmd.Flags())
	a.settings.addReportFlags(cmd.Flags())
	a.settings.addRuleFlags(cmd.Flags())
	a.settings.addMailToFlag(cmd.Flags())
	cmd.Flags().StringVar(&a.settings.MetricsFile, "metrics-file", "", "`FILE.prom` to write metrics to, for the node exporter's textfile collector")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only show what the tables given would change; load, store and report nothing")
	return cmd
}

func newStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Tell what the database holds",
		Long:    "Shows files, records and months in the database, what waits to be built, the last runs of\njobs and the next, mails and alerts that wait, the size of the database and the free disk.",
		Example: "  xtally status --db xtally.duckdb",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			s, err := t.Status(cmd.Context())
			if err != nil {
				return err
			}
			u, err := t.Upkeep(cmd.Context())
			if err != nil {
				return err
			}
			return a.showStatus(s, u)
		},
	}
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "Prints the version of xtally and of the Go that built it.",
		Example: "  xtally version",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.settings.json {
				return a.printJSON(map[string]string{
					"version": xtally.Version, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
				})
			}
			_, err := fmt.Fprint(a.out, versionLine())
			return err
		},
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
}

func versionLine() string {
	return fmt.Sprintf("xtally %s (%s %s/%s)\n", xtally.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Tell how to use a command",
		Long:    "Tells what a command does, with its flags and an example; the same as COMMAND --help.",
		Example: "  xtally help run",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), args[0])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
}
