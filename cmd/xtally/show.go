package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// All results go to standard output through this file: plain words, one
// subject a line, amounts aligned to the right.

// showLoad prints what a load did: the books in one line, then only the files
// a person should look at.
func (a *app) showLoad(r xtally.LoadResult) error {
	if a.settings.json {
		return a.printJSON(r)
	}
	fmt.Fprintln(a.out, loadLine(r))
	for _, f := range r.Files {
		switch {
		case f.Status == "known" && f.Name != f.Detail:
			fmt.Fprintf(a.out, "  %s: already loaded as %s\n", f.Name, f.Detail)
		case f.Status == "damaged", f.Rejects > 0:
			fmt.Fprintf(a.out, "  %s: %s, %d rejects of %d lines\n", f.Name, f.Status, f.Rejects, f.Lines)
		}
	}
	return nil
}

func loadLine(r xtally.LoadResult) string {
	var lines, bodies, events, messages, statuses, rejects int64
	for _, f := range r.Files {
		lines += f.Lines
		bodies += f.Bodies
		events += f.Events
		messages += f.Messages
		statuses += f.Statuses
		rejects += f.Rejects
	}
	s := fmt.Sprintf("loaded %d files: %d lines, %d bodies, %d call records, %d events, %d SMS notices, %d status notices, %d rejects",
		r.Loaded, lines, bodies, r.Records, events, messages, statuses, rejects)
	if r.Known > 0 {
		s += fmt.Sprintf("; %d files were already loaded", r.Known)
	}
	if r.Grown > 0 {
		s += fmt.Sprintf("; %d had grown and were read anew", r.Grown)
	}
	return s + fmt.Sprintf(" (%.1f s)", r.Duration.Seconds())
}

func (a *app) showBuild(r xtally.BuildResult) error {
	if a.settings.json {
		return a.printJSON(r)
	}
	_, err := fmt.Fprintln(a.out, buildLine(r))
	return err
}

func buildLine(r xtally.BuildResult) string {
	if len(r.Months) == 0 && !r.Undated {
		return "built nothing: no month has changed"
	}
	names := make([]string, len(r.Months))
	for i, m := range r.Months {
		names[i] = m.String()
	}
	return fmt.Sprintf("built %s; %d keys and checks hold (%.1f s)", strings.Join(names, ", "), r.Checks, r.Duration.Seconds())
}

func (a *app) showFiles(month xtally.Month, files []reports.File) error {
	if a.settings.json {
		return a.printJSON(files)
	}
	for _, f := range files {
		fmt.Fprintf(a.out, "%s (%d rows)\n", filepath.Join(a.settings.Out, month.String(), f.Name), f.Rows)
	}
	return nil
}

// topApps is how many apps the table on the terminal shows.
const topApps = 10

// showRun prints the month's answer: the books, the total, the top apps, and
// where the workbook lies.
func (a *app) showRun(month xtally.Month, r xtally.RunResult) error {
	if a.settings.json {
		return a.printJSON(r)
	}
	s := r.Summary
	fmt.Fprintln(a.out, loadLine(r.Load))
	fmt.Fprintln(a.out, buildLine(r.Build))
	provisional := ""
	if s.Provisional {
		provisional = ", provisional: the month is not over"
	}
	fmt.Fprintf(a.out, "\n%s%s (Beijing time, list prices, without rent and packages)\n", s.Month, provisional)
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
	a.showWarnings(s)
	for _, f := range r.Reports {
		if strings.HasSuffix(f.Name, ".xlsx") {
			fmt.Fprintf(a.out, "workbook: %s\n", filepath.Join(a.settings.Out, month.String(), f.Name))
		}
	}
	return nil
}

// showWarnings prints what a reader of the total should know.
func (a *app) showWarnings(s xtally.Summary) {
	fmt.Fprintf(a.out, "\nin the database: %d duplicates counted once, %d conflict versions lost, %d rejects (sheets conflicts and rejects)\n",
		s.Duplicates, s.Conflicts, s.Rejects)
	for _, w := range []struct {
		n    int64
		text string
	}{
		{s.Undated, "calls have no time at all and are in no month"},
		{s.OtherCalls, "records of VoiceCall, another product, are not charged"},
		{s.Unconfirmed, "AXYB calls: whether X or Y is bindNum is not confirmed by the vendor"},
	} {
		if w.n > 0 {
			fmt.Fprintf(a.out, "note: %d %s\n", w.n, w.text)
		}
	}
}

func (a *app) showExplained(records []xtally.Explained) error {
	if a.settings.json {
		return a.printJSON(records)
	}
	for i, r := range records {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		for _, l := range r.Lines {
			if l.Value != "" {
				fmt.Fprintf(a.out, "%-16s %s\n", l.Name, l.Value)
			}
		}
	}
	return nil
}

func (a *app) showStatus(s xtally.Status) error {
	if a.settings.json {
		return a.printJSON(s)
	}
	fmt.Fprintf(a.out, "%d files (%d damaged), %d call records\n", s.Files, s.DamagedFiles, s.Records)
	if !s.LastLoadAt.IsZero() {
		fmt.Fprintf(a.out, "last load %s UTC\n", s.LastLoadAt.Format(time.DateTime))
	}
	if len(s.ToBuild) > 0 {
		fmt.Fprintf(a.out, "to build: %s (run xtally build)\n", strings.Join(s.ToBuild, ", "))
	}
	for _, m := range s.Months {
		fmt.Fprintf(a.out, "%s  %10d calls  %14s CNY\n", m.Month, m.Calls, m.TotalCNY)
	}
	return nil
}
