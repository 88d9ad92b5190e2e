package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

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
	if err := a.warnUnbuilt(ctx, t); err != nil {
		return err
	}
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

func (a *app) showFiles(period fmt.Stringer, files []reports.File) error {
	if a.settings.json {
		return a.printJSON(a.reportsAsJSON(period, files))
	}
	for _, f := range files {
		fmt.Fprintf(a.out, "%s (%s)\n", filepath.Join(a.settings.Out, period.String(), f.Name), count(f.Rows, "row"))
	}
	return nil
}

func (a *app) listReports() error {
	type entry struct {
		Name string `json:"name"`
		Note string `json:"note"`
	}
	var all []entry
	for _, r := range reports.All() {
		all = append(all, entry{r.Name, r.Note(reports.Lang(a.settings.Lang))})
	}
	if a.settings.json {
		return a.printJSON(all)
	}
	for _, e := range all {
		fmt.Fprintf(a.out, "%-26s %s\n", e.Name, e.Note)
	}
	return nil
}
