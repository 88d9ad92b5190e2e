package xtally_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports/mail"
	"github.com/xtally/xtally/schedules"
)

// hostMailer is a host's own way of sending mails.
type hostMailer struct{}

func (hostMailer) Send(_ context.Context, m mail.Message, to string) error {
	fmt.Printf("to %s: %s\n", to, m.Subject)
	return nil
}

// A host runs the timetable in its own process, with its own logger, clock,
// mailer and DuckDB. The machine was off on the 3rd at 11:00: on the 4th the
// month is caught up.
func Example_schedule() {
	dir, err := os.MkdirTemp("", "xtally-example-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithCancel(context.Background()) // a server would stop on SIGTERM
	defer stop()

	beijing := time.FixedZone("Asia/Shanghai", 8*60*60)
	clock := func() time.Time { return time.Date(2026, 11, 4, 9, 0, 0, 0, beijing) }
	logger := slog.New(slog.DiscardHandler)
	db, err := sql.Open("duckdb", "") // the host's
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	tally, err := xtally.Open(ctx, filepath.Join(dir, "calls.duckdb"),
		xtally.WithDB(db), xtally.WithClock(clock), xtally.WithLogger(logger), xtally.WithMailer(hostMailer{}))
	if err != nil {
		log.Fatal(err)
	}
	defer tally.Close()

	month := schedules.Job{Name: "month", Cron: "0 11 3 * *", Zone: beijing,
		Last: time.Date(2026, 10, 3, 11, 0, 0, 0, beijing), // a host with a history asks tally.Enrol
		Run: func(ctx context.Context, r schedules.Run) error {
			defer stop() // the example ends here
			bill, err := xtally.ParseMonth("last", r.Due)
			if err != nil {
				return err
			}
			fmt.Println(r.Job, r.Reason)
			_, err = tally.Do(ctx, xtally.Task{
				Name: r.Job, Kind: xtally.TaskRun, Reason: string(r.Reason), DueAt: r.Due, To: []string{"finance@example.com"},
				Job: xtally.Job{
					Archive: []string{"testdata/started_minute_counts/in"}, Month: bill, Out: filepath.Join(dir, "reports"),
					Report: xtally.ReportOptions{Lang: "en"},
				},
			})
			return err
		}}
	timetable, err := schedules.New([]schedules.Job{month}, schedules.Options{Log: logger, Now: clock})
	if err != nil {
		log.Fatal(err)
	}
	if err := timetable.Run(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// month caught up
	// to finance@example.com: [new alerts: 1] 2026-10 privacy-number charges: 9.14 CNY
}
