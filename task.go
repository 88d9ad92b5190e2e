package xtally

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/xtally/xtally/reports"
	"github.com/xtally/xtally/reports/mail"
)

// TaskKind is what a scheduled task does.
type TaskKind string

// The kinds there are.
const (
	TaskRun    TaskKind = "run"    // load, build, report
	TaskLoad   TaskKind = "load"   // load, build
	TaskReport TaskKind = "report" // report what is built
)

// Task is one entry of a timetable: what to do, and whom to tell.
type Task struct {
	Name string // of the job, for the history
	Kind TaskKind
	Job  Job // TaskLoad needs its inputs only, TaskReport its month and outputs only
	To   []string
	Mail mail.Options // its language is that of the reports

	Reason  string    // why it runs, for the history
	DueAt   time.Time // when it was due; zero means now
	Watched string    // kept in the history for the caller
}

// Do does a task and keeps it in the history. When reports were written and
// there are recipients, the month's mail is put into the outbox. Then whatever
// waits there is sent, also what earlier runs could not send.
//
// It returns the errors of all parts: files that could not be read, mails that
// could not be sent. A mail that was not sent waits for the next Do or
// [Tally.Deliver].
func (t *Tally) Do(ctx context.Context, task Task) (RunResult, error) {
	var r RunResult
	if len(task.To) > 0 && t.o.sender == nil {
		return r, fmt.Errorf("job %s: nobody to send its mail; set a mail server", task.Name)
	}
	record := RunRecord{Job: task.Name, Reason: task.Reason, DueAt: task.DueAt, Watched: task.Watched}
	if record.DueAt.IsZero() {
		record.DueAt = t.o.now()
	}
	if task.Kind != TaskLoad {
		record.Month = task.Job.Month.String()
	}
	err := t.recorded(ctx, record, func() error {
		var err error
		r, err = t.work(ctx, task)
		if len(r.Reports) > 0 && len(task.To) > 0 {
			err = errors.Join(err, t.post(ctx, task, r))
		}
		if ctx.Err() == nil && task.Kind == TaskRun && len(r.Reports) > 0 {
			err = errors.Join(err, t.alsoBilled(ctx, task))
		}
		if t.o.sender != nil && ctx.Err() == nil {
			err = errors.Join(err, t.Deliver(ctx))
		}
		return err
	})
	return r, err
}

// work does what a task is for.
func (t *Tally) work(ctx context.Context, task Task) (RunResult, error) {
	job := task.Job
	switch task.Kind {
	case TaskRun:
		return t.Run(ctx, job)
	case TaskLoad:
		job.Out = ""
		return t.Run(ctx, job)
	case TaskReport:
		var r RunResult
		var err error
		r.Reports, r.Summary, err = t.reportJob(ctx, job)
		return r, err
	}
	return RunResult{}, fmt.Errorf("job %s: kind %q: want run, load or report", task.Name, task.Kind)
}

// alsoBilled reports and mails the other open months of bills that came since the job
// last ran, whoever loaded them: a final bill may come late, and that of another month
// beside it.
func (t *Tally) alsoBilled(ctx context.Context, task Task) error {
	months, err := t.texts(ctx, `select distinct strftime(months.month, '%Y-%m')
		from raw.bill_file_months as months
		inner join raw.bill_files as files
			on months.file_id = files.file_id
		where files.loaded_at >= coalesce((
				select max(ended_utc_at) from raw.runs where job = `+quote(task.Name)+` and status in ('done', 'failed', 'differs')
			), timestamp '1970-01-01')
			and months.month <> date `+quote(task.Job.Month.String()+"-01")+`
			and months.month not in (select month from raw.closings where reopened_at is null)
			and months.month in (select month from marts.charges_by_app)
		order by 1`)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range months {
		again := task
		again.Kind = TaskReport
		if again.Job.Month, err = ParseMonth(name, t.o.now()); err != nil {
			return err
		}
		r, err := t.work(ctx, again)
		if err == nil && len(task.To) > 0 {
			err = t.post(ctx, again, r)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// post puts a task's mail into the outbox.
func (t *Tally) post(ctx context.Context, task Task, r RunResult) error {
	m, err := t.monthMail(ctx, task, r)
	if err != nil {
		return fmt.Errorf("mail of %s: %w", task.Job.Month, err)
	}
	n, err := t.Post(ctx, m, Posted{Job: task.Name, Month: task.Job.Month.String()}, task.To...)
	if err == nil && n > 0 {
		return t.toldAlerts(ctx, r.Summary.Alerts)
	}
	if err == nil {
		t.o.log.Info("mail not sent again: it says what was sent or waits already", "job", task.Name, "subject", m.Subject)
	}
	return err
}

// monthMail makes the mail of a month from what was just reported.
func (t *Tally) monthMail(ctx context.Context, task Task, r RunResult) (mail.Message, error) {
	job, now := task.Job, t.o.now()
	folder, err := filepath.Abs(filepath.Join(job.Out, job.Month.String()))
	if err != nil {
		return mail.Message{}, err
	}
	s, lang := r.Summary, job.Report.Lang
	w := words{s.Facts, lang}
	f := mail.Figures{
		Alerts: w.mailed(s.Alerts),
		Month:  s.Month, Provisional: s.Provisional, AsOf: now.In(beijing).Format(time.DateOnly), TotalCNY: s.TotalCNY,
		Calls: s.Calls, BilledMin: s.BilledMin, Messages: s.Messages, Notes: s.notes(lang), Folder: folder,
	}
	for _, a := range s.Apps {
		f.Apps = append(f.Apps, mail.App{AppKey: a.AppKey, Calls: a.Calls, BilledMin: a.BilledMin, Messages: a.Messages, TotalCNY: a.TotalCNY})
	}
	for _, a := range s.Alerts {
		if a.IsNew {
			f.NewAlerts++
		}
	}
	f.Answers = mailAnswers(s.Answers(lang))
	if f.Charts, err = t.mailCharts(ctx, job.Month, lang); err != nil {
		return mail.Message{}, err
	}
	if f.Days, err = t.days(ctx, job.Month); err != nil {
		return mail.Message{}, err
	}
	workbook, err := readWorkbook(folder, r.Reports)
	if err != nil {
		return mail.Message{}, err
	}
	o := task.Mail
	o.Lang = string(lang)
	return mail.Compose(f, workbook, now, o)
}

// mailAnswers are the lines of the cover as a mail shows them.
func mailAnswers(sections []reports.Section) []mail.Answer {
	var all []mail.Answer
	for _, s := range sections {
		for _, l := range s.Lines {
			all = append(all, mail.Answer{Label: l.Label, Value: l.Shown(), Remark: l.Remark, Tone: l.Tone.String()})
		}
	}
	return all
}

// mailCharts are the charts a mail carries, with titles in its language; the words in
// them are keys, numbers and English ones, since pictures are drawn without a Chinese
// font.
func (t *Tally) mailCharts(ctx context.Context, month Month, lang reports.Lang) ([]mail.Chart, error) {
	drawn, err := t.charts(ctx, month, reports.EN)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, q := range chartQueries() {
		titles[q.name] = lang.Pick(q.zh, q.en)
	}
	var all []mail.Chart
	for _, c := range drawn {
		if !slices.Contains([]string{"top_apps", "packages", "complaint_rate"}, c.Name) || !c.HasValues() {
			continue
		}
		png, err := c.PNG(reports.EN)
		if err != nil {
			return nil, err
		}
		all = append(all, mail.Chart{Name: c.Name + ".png", Title: titles[c.Name], PNG: png, Width: 620})
	}
	return all, nil
}

// days reads a month's charge by day.
func (t *Tally) days(ctx context.Context, month Month) ([]mail.Day, error) {
	return collect(ctx, t, func(r *sql.Rows, d *mail.Day) error { return r.Scan(&d.Day, &d.Fen) },
		`select day(date), cast(total_cny * 100 as bigint)
		from marts.charges_by_day where month = cast(? as date) order by date`, month.String()+"-01")
}

// readWorkbook reads the workbook among the reports, if there is one.
func readWorkbook(folder string, files []reports.File) (mail.File, error) {
	for _, f := range files {
		if filepath.Ext(f.Name) != ".xlsx" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(folder, f.Name))
		return mail.File{Name: f.Name, Content: b}, err
	}
	return mail.File{}, nil
}
