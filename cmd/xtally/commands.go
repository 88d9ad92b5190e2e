package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

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
			f, err := os.OpenFile(defaultConfig, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s is there already; it was left as it is", defaultConfig)
			}
			if err != nil {
				return err
			}
			if _, err := f.WriteString(sampleConfig); err != nil {
				return err
			}
			fmt.Fprintln(a.out, "wrote "+defaultConfig+"; set archive to your folder of callbacks, then: xtally run")
			return f.Close()
		},
		// init must work where the settings file is missing or broken.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
}

func newLoad(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Load archives of callbacks into the database",
		Long: `Loads call records, call events, SMS notices and number status from files,
folders or globs: plain, .gz, .zst, .zip, .tar, .tar.gz, told by content and
not by name. Content that was loaded before, also under another name, is
skipped. It does not charge anything: build does.`,
		Example: "  xtally load --db xtally.duckdb --archive testdata/demo/in",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(a.settings.Archive) == 0 {
				return errNoArchive
			}
			t, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			r, err := t.Load(cmd.Context(), a.settings.Archive...)
			if err != nil {
				return err
			}
			if err := a.showLoad(r); err != nil {
				return err
			}
			return errors.Join(append(r.Failed, noCallbacks(r))...)
		},
	}
	a.settings.addArchiveFlag(cmd.Flags())
	return cmd
}

var errNoArchive = usageError{errors.New("no archive; give --archive with a file, folder or glob of callbacks")}

// noCallbacks is the error of a load that found files but no callback in any.
func noCallbacks(r xtally.LoadResult) error {
	if r.Known > 0 || len(r.Failed) > 0 {
		return nil
	}
	for _, f := range r.Files {
		if f.Bodies > 0 {
			return nil
		}
	}
	return fmt.Errorf("no callbacks in %d files; check --archive (see report rejects for what was found instead)", len(r.Files))
}

func newBuild(a *app) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Make calls, charges and marts of the months that changed",
		Long: `Makes the derived tables of every month that load touched, proves all keys and
checks, and publishes all of it or nothing (exit 3).`,
		Example: "  xtally build --db xtally.duckdb",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			build := t.Build
			if all {
				build = t.Rebuild
			}
			r, err := build(cmd.Context())
			if err != nil {
				return err
			}
			return a.showBuild(r)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "make all months anew; gives the same rows")
	a.settings.addRuleFlags(cmd.Flags())
	return cmd
}

func newReport(a *app) *cobra.Command {
	var list bool
	cmd := &cobra.Command{
		Use:   "report [NAME...]",
		Short: "Write the reports of a month",
		Long: `Writes CSV, Parquet and a workbook into OUT/YYYY-MM from what build published,
and manifest.json beside them. Without names, every report.`,
		Example: `  xtally report --db xtally.duckdb --month 2026-10 --out reports
  xtally report charges_by_app --month last --format csv --lang en
  xtally report calls --month 2026-10 --detail --format csv,parquet`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return a.listReports()
			}
			month, err := a.month()
			if err != nil {
				return err
			}
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			o := a.reportOptions()
			o.Names = args
			files, err := t.Report(cmd.Context(), a.settings.Out, month, o)
			if err != nil {
				return err
			}
			return a.showFiles(month, files)
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "list the reports there are")
	a.settings.addReportFlags(cmd.Flags())
	a.settings.addRuleFlags(cmd.Flags())
	return cmd
}

func (a *app) listReports() error {
	lang := reports.Lang(a.settings.Lang)
	for _, r := range reports.All() {
		fmt.Fprintf(a.out, "%-26s %s\n", r.Name, r.Note(lang))
	}
	return nil
}

func newRun(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Load, build, check and report in one go",
		Long: `Loads what is new in the archive, makes the months it touches, proves every
check and writes the month's reports. Nothing is published when a check fails
(exit 3). Run again over the same archive, it changes nothing.`,
		Example: "  xtally run --db xtally.duckdb --archive testdata/demo/in --month 2026-10 --out reports",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			month, err := a.month()
			if err != nil {
				return err
			}
			if len(a.settings.Archive) == 0 {
				return errNoArchive
			}
			t, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			r, err := t.Run(cmd.Context(), xtally.Job{Archive: a.settings.Archive, Month: month, Out: a.settings.Out, Report: a.reportOptions()})
			if len(r.Reports) > 0 {
				if showErr := a.showRun(month, r); showErr != nil {
					return showErr
				}
			}
			return errors.Join(err, noCallbacks(r.Load))
		},
	}
	a.settings.addArchiveFlag(cmd.Flags())
	a.settings.addReportFlags(cmd.Flags())
	a.settings.addRuleFlags(cmd.Flags())
	return cmd
}

func newExplain(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain CALL",
		Short: "Tell one call's whole story",
		Long: `Shows for a record id (icid) or session id: the file and line, the copies, the
times in UTC and Beijing, the X number, minutes, price, and the sums it is in.`,
		Example: "  xtally explain --db xtally.duckdb 0ec0bfda18bcc11b5511564f436d288e.3757236187.100000183.9",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("want one record id or session id; see %s --help", cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			records, err := t.Explain(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if len(records) == 0 {
				return fmt.Errorf("explain: no record with this icid or session id; load its archive first")
			}
			return a.showExplained(records)
		},
	}
}

func newStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Tell what the database holds",
		Long:    "Shows files, records and months in the database, and what waits to be built.",
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
			return a.showStatus(s)
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
			_, err := fmt.Fprintf(a.out, "xtally %s (%s %s/%s)\n", xtally.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
}
