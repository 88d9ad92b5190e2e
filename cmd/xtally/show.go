package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// All results go to standard output through this file: plain words, one
// subject a line, amounts aligned to the right.

// showLoad prints what a load did: the books in two lines, then only the files
// a person should look at.
func (a *app) showLoad(bills []xtally.Bill, r xtally.LoadResult, books xtally.Books) error {
	j := loadAsJSON(r)
	j.Books = &books
	if a.settings.json {
		return a.printJSON(struct {
			loadJSON
			Bills []billJSON `json:"bills"`
		}{j, billsAsJSON(bills)})
	}
	a.printBills(bills)
	fmt.Fprintln(a.out, loadLine(r))
	if books.Records > 0 {
		fmt.Fprintf(a.out, "to build: %d call records = %d calls + %d duplicates + %d conflict losers + %d rejects\n",
			books.Records, books.Calls, books.Duplicates, books.ConflictLosers, books.Rejects)
	}
	for _, f := range j.Files {
		if note := fileNote(f); note != "" {
			fmt.Fprintf(a.out, "  %s: %s\n", f.Name, note)
		}
	}
	return nil
}

// fileNote is what a person should know of a file, empty when all is well.
func fileNote(f fileJSON) string {
	rejected := ""
	if f.Rejects > 0 {
		rejected = fmt.Sprintf("%d of %s rejected", f.Rejects, count(f.Lines, "line"))
	}
	switch {
	case f.Status == "known" && f.Name != f.KnownAs:
		return "already loaded as " + f.KnownAs
	case f.Status == "damaged" && f.Lines == 0:
		return "cannot be read; the report named rejects says why"
	case f.Status == "damaged" && rejected != "":
		return "damaged, read as far as it goes, " + rejected + "; fetch it again"
	case f.Status == "damaged":
		return "damaged, read as far as it goes; fetch it again"
	}
	return rejected
}

func loadLine(r xtally.LoadResult) string {
	if r.KnownObjects > 0 && r.Loaded == 0 && r.Known == 0 {
		return fmt.Sprintf("loaded nothing: %s of the store read before (%.1f s)", were(r.KnownObjects, "object"), r.Duration.Seconds())
	}
	if r.Loaded == 0 && r.Known > 0 {
		return fmt.Sprintf("loaded nothing: %s already loaded (%.1f s)", were(r.Known, "file"), r.Duration.Seconds())
	}
	var lines, bodies, events, messages, statuses, rejects int64
	for _, f := range r.Files {
		lines += f.Lines
		bodies += f.Bodies
		events += f.Events
		messages += f.Messages
		statuses += f.Statuses
		rejects += f.Rejects
	}
	s := fmt.Sprintf("loaded %s (members of archives counted): %s, %s, %s, %s, %s, %s, %d rejected",
		count(r.Loaded, "file"), count(lines, "line"), count(bodies, "callback"), count(r.Records, "call record"),
		count(events, "event"), count(messages, "SMS notice"), count(statuses, "status notice"), rejects)
	if r.Known > 0 {
		s += fmt.Sprintf("; %s already loaded", were(r.Known, "file"))
	}
	if r.KnownObjects > 0 {
		s += fmt.Sprintf("; %s of the store read before", were(r.KnownObjects, "object"))
	}
	if r.Grown > 0 {
		s += fmt.Sprintf("; %s read anew because more was behind it", were(r.Grown, "file"))
	}
	return s + fmt.Sprintf(" (%.1f s)", r.Duration.Seconds())
}

// count is a number with its thing, in the plural where it must be.
func count[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if strings.HasSuffix(thing, "y") && !strings.HasSuffix(thing, "ay") {
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(thing, "y"))
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func were(n int, thing string) string {
	if n == 1 {
		return "1 " + thing + " was"
	}
	return count(n, thing) + " were"
}

func (a *app) showBuild(tables []xtally.InputTable, r xtally.BuildResult) error {
	if a.settings.json {
		return a.printJSON(builtJSON{buildAsJSON(r), tables})
	}
	a.showTables(tables)
	fmt.Fprintln(a.out, buildLine(r))
	a.showAdjustments(r.Adjustments)
	return nil
}

// showAdjustments prints what the build found in closed months.
func (a *app) showAdjustments(found []xtally.Adjustment) {
	for _, f := range found {
		fmt.Fprintf(a.out, "%s is closed and stays as it is: %s, %s CNY (report adjustments)\n",
			f.Month, count(f.Lines, "adjustment line"), signed(f.TotalCNY))
	}
}

// showBills prints what a load of bills alone did.
func (a *app) showBills(bills []xtally.Bill) error {
	if a.settings.json {
		return a.printJSON(map[string]any{"bills": billsAsJSON(bills)})
	}
	a.printBills(bills)
	return nil
}

func (a *app) printBills(bills []xtally.Bill) {
	for _, b := range bills {
		fmt.Fprintf(a.out, "bill %s: %s\n", b.Name, billNote(b))
	}
}

func billNote(b xtally.Bill) string {
	if b.Status == "known" {
		if b.Name == b.Detail {
			return "already loaded"
		}
		return "already loaded as " + b.Detail
	}
	if b.PrivateRows == 0 {
		return fmt.Sprintf("%s, none of PrivateNumber", count(b.Rows, "row"))
	}
	issue := "provisional"
	if b.Final {
		issue = "final"
	}
	return fmt.Sprintf("%s, %d of PrivateNumber, %s left out; %s, %s", count(b.Rows, "row"), b.PrivateRows, count(b.OtherRows, "other"), issue, strings.Join(b.Months, ", "))
}

// showTables prints one line per table that was read.
func (a *app) showTables(tables []xtally.InputTable) {
	for _, t := range tables {
		fmt.Fprintf(a.out, "%s %s: %s\n", t.Name, t.File, count(t.Rows, "row"))
	}
}

func buildLine(r xtally.BuildResult) string {
	if len(r.Months) == 0 && !r.Undated && r.Checks == 0 {
		return "built nothing: no month has changed"
	}
	var names []string
	for _, m := range r.Months {
		names = append(names, m.String())
	}
	if r.Undated {
		names = append(names, "calls without any time")
	}
	if len(names) == 0 {
		names = append(names, "no month: nothing loaded belongs to one")
	}
	return fmt.Sprintf("built %s; %d keys and checks hold (%.1f s)", strings.Join(names, ", "), r.Checks, r.Duration.Seconds())
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

func (a *app) showStatus(s xtally.Status, u xtally.Upkeep) error {
	if a.settings.json {
		return a.printJSON(struct {
			xtally.Status
			xtally.Upkeep
		}{statusAsJSON(s), u})
	}
	fmt.Fprintf(a.out, "%s (%d damaged), %s\n", count(s.Files, "file"), s.DamagedFiles, count(s.Records, "call record"))
	if !s.LastLoadAt.IsZero() {
		fmt.Fprintf(a.out, "last load %s UTC\n", s.LastLoadAt.UTC().Format(time.DateTime))
	}
	if len(s.ToBuild) > 0 {
		fmt.Fprintf(a.out, "to build: %s (run xtally build)\n", strings.Join(s.ToBuild, ", "))
	}
	for _, m := range s.Months {
		fmt.Fprintf(a.out, "%s  %10d calls  %14s CNY%s%s\n", m.Month, m.Calls, m.TotalCNY, closedNote(s.Closings, m.Month), billNoteOf(m))
	}
	for _, c := range s.Closings {
		if c.ReopenedAt != "" {
			fmt.Fprintf(a.out, "%s was closed %s and reopened %s: %s\n", c.Month, c.ClosedAt, c.ReopenedAt, c.ReopenReason)
		}
	}
	for _, p := range s.Pruned {
		fmt.Fprintf(a.out, "%s was pruned %s: %s removed, its figures stay\n", p.Month, p.PrunedAt, count(p.Records, "record"))
	}
	a.showUpkeep(u)
	return nil
}

// showUpkeep tells what runs by itself, and how much room there is.
func (a *app) showUpkeep(u xtally.Upkeep) {
	for _, r := range u.LastRuns {
		fmt.Fprintf(a.out, "job %s: %s, started %s UTC %s\n", r.Job, r.Status, r.StartedAt.Format(time.DateTime), firstLine(r.Detail))
	}
	if jobs, err := a.settings.jobs(); err == nil && len(u.LastRuns) > 0 {
		t := &timetable{app: a, jobs: jobs, log: slog.New(slog.DiscardHandler)}
		for range jobs {
			t.watches = append(t.watches, &watch{})
		}
		if t.plan(make([]xtally.RunRecord, len(jobs))) == nil {
			fmt.Fprintf(a.out, "next job: %s\n", t.soonest(time.Now()))
		}
	}
	for _, n := range []struct {
		count int64
		what  string
	}{
		{u.MailsWaiting, "mails wait in the outbox: xtally mail"},
		{u.OpenAlerts, "alerts are open: report alerts"},
		{u.Disclosures, "times numbers of people were written in full: table raw.disclosures"},
	} {
		if n.count > 0 {
			fmt.Fprintf(a.out, "%d %s\n", n.count, n.what)
		}
	}
	room := "database " + megabytes(u.DatabaseBytes)
	if u.DiskFreeBytes >= 0 {
		room += ", disk free " + megabytes(u.DiskFreeBytes)
	}
	fmt.Fprintln(a.out, room)
}

// billNoteOf tells of a month whether its records are all there, and its bill.
func billNoteOf(m xtally.MonthStatus) string {
	note := ""
	if m.Stamp != "" {
		note = "  records " + map[string]string{"complete": "complete", "suspect": "suspect", "holes": "with holes"}[m.Stamp]
	}
	if m.Bill == "none" {
		return note + ", no bill"
	}
	note += fmt.Sprintf(", %s bill %s CNY", m.Bill, signed(m.DiffCNY))
	if m.UnexplainedCNY != "0.00" {
		note += fmt.Sprintf(", %s unexplained", m.UnexplainedCNY)
	}
	return note
}

// closedNote tells of a month whether it is closed, and what was found since.
func closedNote(closings []xtally.Closing, month string) string {
	for _, c := range closings {
		switch {
		case c.Month != month || c.ReopenedAt != "":
		case c.Adjustments > 0:
			return fmt.Sprintf("  closed %s, since then %s CNY in %s", c.ClosedAt, signed(c.AdjustmentCNY), count(c.Adjustments, "adjustment line"))
		default:
			return "  closed " + c.ClosedAt
		}
	}
	return ""
}
