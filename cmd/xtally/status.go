package main

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
)

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
