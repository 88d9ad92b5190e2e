package xtally

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// RunRecord is one run of a scheduled job, as the history keeps it. Times are
// UTC.
type RunRecord struct {
	ID        int64     `json:"run_id"`
	Job       string    `json:"job"`
	Reason    string    `json:"reason"` // scheduled, caught up, changed, by hand
	Month     string    `json:"month"`  // 2026-10, empty for jobs without a report
	DueAt     time.Time `json:"due_at"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at"` // zero while it runs
	Status    string    `json:"status"`
	Detail    string    `json:"detail"`  // why it failed
	Watched   string    `json:"watched"` // what the job's watched files were like, in the words of the caller
}

// What RunRecord.Status can be.
const (
	RunRunning     = "running"
	RunDone        = "done"
	RunFailed      = "failed"
	RunDiffers     = "differs"     // done, but more of the bill than the tolerance is unexplained
	RunInterrupted = "interrupted" // told to stop; caught up on the next start
	RunBrokenOff   = "broken off"  // its process was killed; caught up on the next start
	RunAdded       = "added"       // no run: since when the schedule knows the job
)

const runColumns = `select run_id, job, reason, month, due_utc_at, started_utc_at, ended_utc_at, status, detail, watched from raw.runs `

// Runs returns the last n runs of all jobs, the latest first.
func (t *Tally) Runs(ctx context.Context, n int) ([]RunRecord, error) {
	return t.runs(ctx, runColumns+"order by run_id desc limit ?", n)
}

func (t *Tally) runs(ctx context.Context, query string, args ...any) ([]RunRecord, error) {
	return collect(ctx, t, func(row *sql.Rows, r *RunRecord) error {
		var ended sql.NullTime
		err := row.Scan(&r.ID, &r.Job, &r.Reason, &r.Month, &r.DueAt, &r.StartedAt, &ended, &r.Status, &r.Detail, &r.Watched)
		r.EndedAt = ended.Time
		return err
	}, query, args...)
}

// Enrol returns the last finished run of a job, by when it was due: a schedule
// catches up from there. A job never seen is written down as added now, so
// that what it misses from now on is caught up too.
func (t *Tally) Enrol(ctx context.Context, job string) (RunRecord, error) {
	if err := t.closeBrokenRuns(ctx); err != nil {
		return RunRecord{}, err
	}
	last, err := t.runs(ctx, runColumns+`where job = ? and status in ('done', 'failed', 'differs', 'added')
		order by due_utc_at desc, run_id desc limit 1`, job)
	if err != nil {
		return RunRecord{}, err
	}
	if len(last) > 0 {
		return last[0], nil
	}
	now := t.o.now().UTC()
	r := RunRecord{Job: job, Reason: RunAdded, DueAt: now, StartedAt: now, EndedAt: now, Status: RunAdded}
	return r, t.insertRun(ctx, &r)
}

// insertRun writes a run down and gives it its number.
func (t *Tally) insertRun(ctx context.Context, r *RunRecord) error {
	if err := t.conn.QueryRowContext(ctx, "select coalesce(max(run_id), 0) + 1 from raw.runs").Scan(&r.ID); err != nil {
		return err
	}
	_, err := t.conn.ExecContext(ctx, "insert into raw.runs values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		r.ID, r.Job, r.Reason, r.Month, r.DueAt.UTC(), r.StartedAt.UTC(), sql.NullTime{Time: r.EndedAt.UTC(), Valid: !r.EndedAt.IsZero()},
		r.Status, r.Detail, r.Watched)
	return err
}

// closeBrokenRuns marks what an earlier process left running.
func (t *Tally) closeBrokenRuns(ctx context.Context) error {
	_, err := t.conn.ExecContext(ctx, "update raw.runs set status = ? where status = ?", RunBrokenOff, RunRunning)
	return err
}

// recorded does a run's work and keeps its history, also when it panics.
func (t *Tally) recorded(ctx context.Context, r RunRecord, work func() error) (err error) {
	if err := t.closeBrokenRuns(ctx); err != nil {
		return err
	}
	r.StartedAt, r.Status = t.o.now(), RunRunning
	if err := t.insertRun(ctx, &r); err != nil {
		return err
	}
	returned := false
	defer func() {
		status, detail := RunDone, ""
		switch {
		case !returned:
			status, detail = RunFailed, "panic"
			t.conn.ExecContext(context.WithoutCancel(ctx), "rollback") // what it was in the middle of
		case err != nil && ctx.Err() != nil:
			status = RunInterrupted
		case onlyDiffers(err):
			status, detail = RunDiffers, err.Error()
		case err != nil:
			status, detail = RunFailed, err.Error()
		}
		_, writeErr := t.conn.ExecContext(context.WithoutCancel(ctx), "update raw.runs set ended_utc_at = ?, status = ?, detail = ? where run_id = ?",
			t.o.now().UTC(), status, detail, r.ID)
		if err == nil {
			err = writeErr
		}
	}()
	err = work()
	returned = true
	return err
}

// onlyDiffers tells a run that did all its work and found the bill different.
func onlyDiffers(err error) bool {
	var differs *BillDiffersError
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // each of the joined ones counts
		for _, e := range joined.Unwrap() {
			if !onlyDiffers(e) {
				return false
			}
		}
		return true
	}
	return errors.As(err, &differs)
}
