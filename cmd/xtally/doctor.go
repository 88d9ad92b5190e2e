package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
)

// finding is one line of doctor: what was looked at, how it is, and the remedy.
type finding struct {
	Topic  string `json:"topic"`
	State  string `json:"state"` // ok, warn or fail
	Detail string `json:"detail"`
}

// leastDisk is what a night may need: a batch of callbacks, spilled sorts, reports.
const leastDisk = 2 << 30

func newDoctor(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at everything a job needs, and say what to mend",
		Long: `Looks at settings, database, disk, archive, tables, time zones, jobs, mail server and
object store, changes nothing and sends no mail. Each line is ok, warn or fail, with its
remedy; one that fails ends it with 1.`,
		Example: "  xtally doctor --config /etc/xtally.yaml",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.doctor(cmd.Context())
		},
	}
	a.settings.addArchiveFlag(cmd.Flags())
	a.settings.addTableFlags(cmd.Flags())
	a.settings.addBillFlag(cmd.Flags())
	a.settings.addReportFlags(cmd.Flags())
	return cmd
}

func (a *app) doctor(ctx context.Context) error {
	var all []finding
	add := func(topic string, err error, detail string) {
		f := finding{topic, "ok", detail}
		if err != nil {
			f.State, f.Detail = "fail", strings.ReplaceAll(words(err), "\n", "; ")+remedy(err)
		}
		all = append(all, f)
	}
	warn := func(topic, detail string) { all = append(all, finding{topic, "warn", detail}) }

	if _, err := os.Stat(a.settings.config); err == nil {
		add("settings", nil, a.settings.config)
	} else {
		warn("settings", "no "+a.settings.config+" here; flags and defaults hold, xtally init writes one")
	}
	a.examineDatabase(ctx, add, warn)
	a.examinePaths(add, warn)
	if zone, err := time.LoadLocation("Asia/Shanghai"); err != nil || zone == nil {
		add("time zone", errors.New("this system knows no Asia/Shanghai; install tzdata"), "")
	} else {
		add("time zone", nil, "Asia/Shanghai; it is "+time.Now().In(zone).Format("2006-01-02 15:04")+" there")
	}
	timetable, err := a.timetable()
	if err == nil {
		add("jobs", nil, fmt.Sprintf("%s, the next %s", count(len(timetable.jobs), "job"), timetable.soonest(time.Now())))
	} else if errors.Is(err, errNoArchive) {
		warn("jobs", "no archive is set; jobs that load need one")
	} else {
		add("jobs", err, "")
	}
	a.examineMail(ctx, add, warn)
	a.examineStore(ctx, add, warn)
	return a.showFindings(all)
}

// soonest is when the next job is due.
func (t *timetable) soonest(now time.Time) string {
	var best time.Time
	name := ""
	for _, j := range t.jobs {
		if next := t.Next(j.Name, now, 1); len(next) > 0 && (best.IsZero() || next[0].Before(best)) {
			best, name = next[0], j.Name
		}
	}
	if name == "" {
		return "never"
	}
	return name + " at " + best.Format("2006-01-02 15:04 -07:00")
}

type report func(topic string, err error, detail string)

func (a *app) examineDatabase(ctx context.Context, add report, warn func(topic, detail string)) {
	dir := filepath.Dir(a.settings.DB)
	probe, err := os.CreateTemp(dir, ".xtally-doctor-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	add("folder of the database", err, dir+" can be written")
	if _, err := os.Stat(a.settings.DB); errors.Is(err, fs.ErrNotExist) {
		warn("database", a.settings.DB+" is not there yet; the first load makes it")
		return
	}
	t, err := a.open(ctx)
	if errors.Is(err, xtally.ErrLocked) {
		warn("database", err.Error()+"; what is in it was not looked at")
		return
	}
	if err != nil {
		add("database", err, "")
		return
	}
	defer t.Close()
	s, err := t.Status(ctx)
	add("database", err, fmt.Sprintf("%s: %s, %s", a.settings.DB, count(s.Files, "file"), count(len(s.Months), "month")))
	u, err := t.Upkeep(ctx)
	switch {
	case err != nil:
		add("disk", err, "")
	case u.DiskFreeBytes >= 0 && u.DiskFreeBytes < leastDisk:
		add("disk", fmt.Errorf("%s free where the database lies; a night may need %s: free some, or move --db", megabytes(u.DiskFreeBytes), megabytes(leastDisk)), "")
	default:
		add("disk", nil, megabytes(u.DiskFreeBytes)+" free, the database has "+megabytes(u.DatabaseBytes))
	}
	if u.MailsWaiting > 0 {
		warn("outbox", fmt.Sprintf("%s; xtally mail sends them and says why they wait", were2(u.MailsWaiting)))
	}
}

func were2(n int64) string {
	if n == 1 {
		return "1 mail waits"
	}
	return fmt.Sprintf("%d mails wait", n)
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

// examinePaths looks whether what the settings name is there and may be read.
func (a *app) examinePaths(add report, warn func(topic, detail string)) {
	if len(a.settings.Archive) == 0 {
		warn("archive", "none is set; give archive in the settings")
	}
	for topic, paths := range map[string][]string{"archive": a.settings.Archive, "bill": a.settings.Bill} {
		for _, p := range paths {
			if strings.HasPrefix(p, "s3://") || strings.ContainsAny(p, "*?[") {
				continue
			}
			_, err := os.Stat(p)
			if err == nil {
				var file *os.File
				if file, err = os.Open(p); err == nil {
					file.Close()
				}
			}
			add(topic, err, p+" can be read")
		}
	}
	t := a.settings.tables()
	for topic, p := range map[string]string{"prices": t.Prices, "packages": t.Packages, "numbers": t.Numbers, "complaints": t.Complaints, "stats": t.Stats} {
		if p != "" {
			_, err := os.Stat(p)
			add(topic, err, p+" is there")
		}
	}
	add("reports", a.checkOut(), a.settings.Out+" can hold reports")
}

func (a *app) examineMail(ctx context.Context, add report, warn func(topic, detail string)) {
	if a.settings.Mail.Host == "" {
		warn("mail", "no server is set; reports are written and not sent")
		return
	}
	smtp, err := a.settings.sender()
	if err == nil {
		err = smtp.Try(ctx)
	}
	add("mail", err, a.settings.Mail.Host+" takes the password and lets us in")
}

func (a *app) examineStore(ctx context.Context, add report, warn func(topic, detail string)) {
	store, err := a.settings.store()
	if err != nil {
		add("object store", err, "")
		return
	}
	for _, p := range append(append([]string{}, a.settings.Archive...), a.settings.Bill...) {
		if !strings.HasPrefix(p, "s3://") {
			continue
		}
		objects, err := store.List(ctx, []string{p})
		add("object store", err, fmt.Sprintf("%s: %s", p, count(len(objects), "object")))
	}
}

func (a *app) showFindings(all []finding) error {
	failed := 0
	for _, f := range all {
		if f.State == "fail" {
			failed++
		}
	}
	if a.settings.json {
		if err := a.printJSON(all); err != nil {
			return err
		}
	} else {
		for _, f := range all {
			if _, err := fmt.Fprintf(a.out, "%-4s  %s: %s\n", f.State, f.Topic, f.Detail); err != nil {
				return err
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("doctor: %s to mend, see above", count(failed, "thing"))
	}
	return nil
}
