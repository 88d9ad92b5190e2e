package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

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

// topApps is how many apps the table on the terminal shows.
const topApps = 10

// showRun prints the month's answer: the books, the total, the top apps, and
// where the workbook lies.
func (a *app) showRun(month xtally.Month, r xtally.RunResult) error {
	if a.settings.json {
		return a.printJSON(a.runAsJSON(month, r))
	}
	s := r.Summary
	a.showTables(r.Tables)
	a.printBills(r.Bills)
	fmt.Fprintln(a.out, loadLine(r.Load))
	for _, f := range loadAsJSON(r.Load).Files {
		if f.Status == "damaged" {
			fmt.Fprintf(a.out, "  %s: %s\n", f.Name, fileNote(f))
		}
	}
	fmt.Fprintln(a.out, buildLine(r.Build))
	a.showAdjustments(r.Build.Adjustments)
	provisional := ""
	if s.Provisional {
		provisional = ", provisional: the month is not over"
	}
	fmt.Fprintf(a.out, "\n%s%s (Beijing time, rent included, without the price of packages)\n", s.Month, provisional)
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "app_key\tcalls\tminutes\tSMS\tCNY\t")
	for i, app := range s.Apps {
		if i == topApps {
			fmt.Fprintf(w, "… %d more\t\t\t\t\t\n", len(s.Apps)-topApps)
			break
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t\n", app.AppKey, app.Calls, app.BilledMin, app.Messages, app.TotalCNY)
	}
	fmt.Fprintf(w, "total\t%d\t%d\t%d\t%s\t\n", s.Calls, s.BilledMin, s.Messages, s.TotalCNY)
	if err := w.Flush(); err != nil {
		return err
	}
	if line := sparkline(s.DailyMin); line != "" && a.isWatched {
		fmt.Fprintf(a.out, "minutes by day, 1 to %d: %s\n", len(s.DailyMin), line)
	}
	if err := a.showFacts(s); err != nil {
		return err
	}
	a.showWarnings(s)
	for _, f := range r.Reports {
		what := map[string]string{".xlsx": "workbook", ".html": "page"}[filepath.Ext(f.Name)]
		if what != "" {
			fmt.Fprintf(a.out, "%s: %s\n", what, filepath.Join(a.settings.Out, month.String(), f.Name))
		}
	}
	return nil
}

// showFacts prints what the charges rest on and what could be saved.
func (a *app) showFacts(s xtally.Summary) error {
	for _, section := range append(s.Sections(reports.EN), s.Answers(reports.EN)[1]) { // last, what needs a decision
		fmt.Fprintf(a.out, "\n%s\n", section.Title)
		w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		for _, l := range section.Lines {
			value := l.Value
			switch {
			case strings.HasSuffix(l.Name, "_cny"):
				value += " CNY"
			case strings.HasSuffix(l.Name, "_pct"):
				value += " %"
			}
			fmt.Fprintln(w, strings.TrimRight("  "+l.Label+"\t"+value+"\t"+l.Remark, "\t"))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// showWarnings prints what a reader of the total should know.
func (a *app) showWarnings(s xtally.Summary) {
	fmt.Fprintf(a.out, "\nin the database: %s counted once, %s set aside, %s (see reports conflicts and rejects)\n",
		count(s.Duplicates, "duplicate"), count(s.Conflicts, "conflicting version"), count(s.Rejects, "reject"))
	for _, w := range []struct {
		n    int64
		text string
	}{
		{s.Undated, "without any time, in no month's figures"},
		{s.OtherCalls, "of VoiceCall, another product, not charged"},
		{s.Unconfirmed, "of AXYB: whether X or Y is bindNum is not confirmed by the vendor"},
	} {
		if w.n > 0 {
			fmt.Fprintf(a.out, "note: %s %s\n", count(w.n, "call"), w.text)
		}
	}
}

// sparkline draws values as columns of one line of text; a day with something is
// never drawn as nothing.
func sparkline(values []int64) string {
	steps := []rune(" ▁▂▃▄▅▆▇█")
	most := slices.Max(append([]int64{0}, values...))
	if most == 0 {
		return ""
	}
	var b strings.Builder
	for _, v := range values {
		step := v * int64(len(steps)-1) / most
		if step == 0 && v > 0 {
			step = 1
		}
		b.WriteRune(steps[step])
	}
	return b.String()
}
