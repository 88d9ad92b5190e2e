package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"
	_ "time/tzdata" // zones are known on machines that have none

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
	"github.com/xtally/xtally/reports/mail"
	"github.com/xtally/xtally/schedules"
)

// scheduleWait is how long a scheduled job waits for the database by default:
// nobody is there to start it again.
const scheduleWait = 10 * time.Minute

func newSchedule(a *app) *cobra.Command {
	var once string
	var list, history bool
	cmd := &cobra.Command{
		Use:   "schedule",
		Short: "Run jobs at set times until stopped",
		Long: `Runs the jobs of the settings file, or the shipped ones: load and build every
night, the month to date each Monday, the full month on the 3rd and again when
a later bill arrives. One job runs at a time; what was missed while the machine
was off is caught up once. The database is open only while a job runs. Stops
within ten seconds on SIGTERM and Ctrl-C, with nothing half done. Prometheus finds
/metrics, and a monitor /healthz, on --listen.`,
		Example: `  xtally schedule --list
  xtally schedule --once nightly
  xtally schedule`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf(cmd, "once", "list", "history"); err != nil {
				return err
			}
			a.settings.Wait = cmp.Or(a.settings.Wait, duration(scheduleWait))
			if history {
				return a.history(cmd.Context())
			}
			timetable, err := a.timetable()
			if err != nil {
				return err
			}
			switch {
			case list:
				return timetable.list(time.Now())
			case once != "":
				err = timetable.Once(cmd.Context(), once)
				if errors.Is(err, schedules.ErrUnknownJob) {
					return usageError{err}
				}
				return err
			}
			return timetable.serve(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&once, "once", "", "run the job `NAME` now and end")
	cmd.Flags().BoolVar(&list, "list", false, "list the jobs with their next five times and end")
	cmd.Flags().StringVar(&a.settings.Listen, "listen", "127.0.0.1:9489", "`ADDRESS` of /metrics and /healthz; empty for none")
	cmd.Flags().BoolVar(&history, "history", false, "list the last runs and end")
	a.settings.addArchiveFlag(cmd.Flags())
	a.settings.addTableFlags(cmd.Flags())
	a.settings.addBillFlag(cmd.Flags())
	a.settings.addReportFlags(cmd.Flags())
	a.settings.addRuleFlags(cmd.Flags())
	return cmd
}

// timetable is the schedule with what the command adds to it.
type timetable struct {
	*schedules.Schedule
	*app
	jobs    []jobSettings
	watches []*watch
	mail    mail.Options
	log     *slog.Logger
	metrics *metrics
}

// timetable checks all jobs, so that what is wrong shows now and not at night.
func (a *app) timetable() (*timetable, error) {
	jobs, err := a.settings.jobs()
	if err != nil {
		return nil, err
	}
	if err := a.checkOut(); err != nil {
		return nil, err
	}
	if err := a.mails(); err != nil {
		return nil, err
	}
	level := slog.LevelInfo
	if a.settings.verbose {
		level = slog.LevelDebug
	}
	t := &timetable{app: a, jobs: jobs, log: a.logTo(level, a.settings.LogFormat == "json" || a.settings.LogFormat != "text" && !isTerminal(a.err)), metrics: newMetrics()}
	if t.mail, err = a.settings.mailOptions(); err != nil {
		return nil, err
	}
	for _, j := range jobs {
		if j.Run != string(xtally.TaskReport) && len(a.settings.Archive) == 0 {
			return nil, errNoArchive
		}
		t.watches = append(t.watches, &watch{paths: j.AgainWhen})
	}
	return t, t.plan(make([]xtally.RunRecord, len(jobs)))
}

// plan makes the schedule from the jobs and the last run of each.
func (t *timetable) plan(last []xtally.RunRecord) error {
	var jobs []schedules.Job
	for i, j := range t.jobs {
		zone, err := time.LoadLocation(j.Zone)
		if err != nil {
			return err
		}
		w := t.watches[i]
		w.known = last[i].Watched
		job := schedules.Job{
			Name: j.Name, Cron: j.Cron, Zone: zone, Jitter: time.Duration(j.Jitter), Last: last[i].DueAt,
			Run: func(ctx context.Context, r schedules.Run) error { return t.do(ctx, j, w, r) },
		}
		if len(w.paths) > 0 {
			job.Changed = w.changed
		}
		jobs = append(jobs, job)
	}
	var err error
	if t.Schedule, err = schedules.New(jobs, schedules.Options{Log: t.log}); err != nil {
		return usageError{fmt.Errorf("%s: %w", t.settings.config, err)}
	}
	return nil
}

// enrol reads the last run of each job.
func (t *timetable) enrol(ctx context.Context) (last []xtally.RunRecord, err error) {
	db, err := t.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, j := range t.jobs {
		r, err := db.Enrol(ctx, j.Name)
		if err != nil {
			return nil, err
		}
		last = append(last, r)
	}
	return last, nil
}

// serve runs the schedule from where the last one ended. To be stopped is what
// it is for, and no error.
func (t *timetable) serve(ctx context.Context) error {
	last, err := t.enrol(ctx)
	if err != nil && ctx.Err() != nil {
		t.log.Info("schedule stopped before it began")
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.plan(last); err != nil {
		return err
	}
	if t.settings.Listen != "" {
		address, err := t.metrics.listen(ctx, t.settings.Listen)
		if err != nil {
			return err
		}
		t.log.Info("metrics and health", "address", address.String())
	}
	for _, j := range t.jobs {
		t.log.Info("job waits", "job", j.Name, "next", t.Next(j.Name, time.Now(), 1)[0])
	}
	if err := t.Run(ctx); err != nil {
		t.log.Error("schedule stopped", "error", err)
		return err
	}
	t.log.Info("schedule stopped")
	return nil
}

// do runs a job: it opens the database, does the task and closes it again, so
// that others can use it in between.
func (t *timetable) do(ctx context.Context, j jobSettings, w *watch, r schedules.Run) (err error) {
	month, err := xtally.ParseMonth(j.Month, r.Due)
	if err != nil {
		return err
	}
	task := xtally.Task{
		Name: j.Name, Kind: xtally.TaskKind(j.Run), Job: t.job(month), To: j.To, Mail: t.mail,
		Reason: string(r.Reason), DueAt: r.Due,
	}
	task.Job.Report.Lang = reports.Lang(j.Lang)
	task.Job.Report.Formats = nil
	for _, f := range j.Format {
		task.Job.Report.Formats = append(task.Job.Report.Formats, reports.Format(f))
	}
	if len(w.paths) > 0 {
		task.Watched = w.look()
		w.known = task.Watched
	}
	started := time.Now()
	defer func() { t.metrics.noteRun(j.Name, started, time.Now(), err) }()
	db, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	result, err := db.Do(ctx, task)
	if ctx.Err() == nil {
		err = errors.Join(err, t.metrics.read(ctx, db))
	}
	return errors.Join(err, t.show(task, result))
}

// show prints what a job did, as the command of that name would.
func (t *timetable) show(task xtally.Task, r xtally.RunResult) error {
	switch {
	case task.Kind == xtally.TaskReport && len(r.Reports) > 0:
		return t.showFiles(task.Job.Month, r.Reports)
	case task.Kind == xtally.TaskRun && len(r.Reports) > 0:
		return t.showRun(task.Job.Month, r)
	case task.Kind == xtally.TaskLoad && len(r.Load.Files) > 0 && t.settings.json:
		return t.printJSON(map[string]any{"load": loadAsJSON(r.Load), "build": buildAsJSON(r.Build)})
	case task.Kind == xtally.TaskLoad && len(r.Load.Files) > 0:
		return errors.Join(t.showLoad(r.Bills, r.Load, xtally.Books{}), t.showBuild(r.Tables, r.Build))
	}
	return nil
}

// listed is a job as --list --json shows it.
type listed struct {
	Name  string      `json:"name"`
	Cron  string      `json:"cron"`
	Zone  string      `json:"zone"`
	Run   string      `json:"run"`
	Month string      `json:"month"`
	To    []string    `json:"to"`
	Next  []time.Time `json:"next"`
}

// listedTimes is how many times --list shows of a job.
const listedTimes = 5

func (t *timetable) list(now time.Time) error {
	all := []listed{}
	for _, j := range t.jobs {
		all = append(all, listed{j.Name, j.Cron, j.Zone, j.Run, j.Month, append([]string{}, j.To...), t.Next(j.Name, now, listedTimes)})
	}
	if t.settings.json {
		return t.printJSON(all)
	}
	for _, l := range all {
		what := l.Run
		if l.Run != string(xtally.TaskLoad) {
			what += " of month " + l.Month
		}
		if len(l.To) > 0 {
			what += " for " + strings.Join(l.To, " and ")
		}
		fmt.Fprintf(t.out, "%s: %s, %q in %s\n", l.Name, what, l.Cron, l.Zone)
		for _, at := range l.Next {
			fmt.Fprintf(t.out, "  %s\n", at.Format("Mon 2006-01-02 15:04:05 -07:00"))
		}
	}
	return nil
}

// listedRuns is how many runs --history shows.
const listedRuns = 30

func (a *app) history(ctx context.Context) error {
	db, err := a.existing(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	runs, err := db.Runs(ctx, listedRuns)
	if err != nil {
		return err
	}
	if a.settings.json {
		return a.printJSON(append([]xtally.RunRecord{}, runs...))
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "job\tmonth\twhy\tdue (UTC)\tstarted (UTC)\tstatus\t")
	for _, r := range runs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Job, r.Month, r.Reason,
			r.DueAt.Format(time.DateTime), r.StartedAt.Format(time.DateTime), r.Status, firstLine(r.Detail))
	}
	return w.Flush()
}

// firstLine is what fits a table of a detail that may be many errors.
func firstLine(text string) string {
	line, rest, _ := strings.Cut(text, "\n")
	if rest != "" {
		line += " …"
	}
	return line
}
