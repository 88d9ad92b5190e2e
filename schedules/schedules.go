// Package schedules runs jobs at set times, one at a time. It knows nothing
// about calls: it is handed functions. A host that has its own scheduler does
// not need it.
//
// Times are written as a crontab does, with seconds in front when six fields
// are given:
//
//	30 2 * * *       every day at 02:30
//	0 8 * * 1        every Monday at 08:00
//	0 11 3 * *       the 3rd of every month at 11:00
//	*/10 * * * * *   every ten seconds
//
// They are of the job's zone. Where a zone changes its clock, a job with set
// hours runs once a day all the same: a time that is left out comes as much
// later as the clock jumps, and of a time that comes twice the first counts.
package schedules

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// Job is one entry of a timetable.
type Job struct {
	Name string
	Cron string
	Zone *time.Location // of the times in Cron; nil means UTC

	// Jitter delays each run by up to this long, at random, so that many
	// machines do not ask one server at the same moment.
	Jitter time.Duration

	// Last is when the last finished run was due. A time that has passed since
	// then is caught up, once, when the schedule starts. Zero: nothing is.
	Last time.Time

	// Changed is asked about once a minute while the job is idle; true runs it
	// once more, beside its times. Nil: never.
	Changed func() bool

	// Run does the work. Its context is cancelled when the schedule stops.
	Run func(ctx context.Context, r Run) error
}

// Run says why a job runs.
type Run struct {
	Job    string
	Due    time.Time // when it was due; for months such as "last", not the moment it runs
	Reason Reason
}

// Reason is why a job runs.
type Reason string

// The reasons there are.
const (
	Scheduled Reason = "scheduled"
	CaughtUp  Reason = "caught up" // it was due while nobody was there to run it
	Changed   Reason = "changed"   // Job.Changed said so
	ByHand    Reason = "by hand"   // Schedule.Once
)

// Options of a schedule. The zero value will do.
type Options struct {
	Log *slog.Logger // default: nothing is logged

	// Now is the clock. It is looked at about once a minute, so a clock that
	// jumps, or a machine that slept, is noticed. Default time.Now.
	Now func() time.Time

	// Grace is how long a stopped schedule waits for the running job to
	// return. Default 10 s.
	Grace time.Duration
}

// Schedule is a checked timetable.
type Schedule struct {
	entries []*entry
	o       Options
	line    line // of jobs that wait for the one that runs
	group   sync.WaitGroup
}

// line is where jobs wait for their turn, in the order they came.
type line struct {
	mu   sync.Mutex
	last chan struct{} // closed when the last in the line is done
}

// join joins the line: ahead is closed when it is one's turn, and done is to be closed
// afterwards.
func (l *line) join() (ahead, done chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ahead, done = l.last, make(chan struct{})
	if ahead == nil {
		ahead = make(chan struct{})
		close(ahead)
	}
	l.last = done
	return ahead, done
}

type entry struct {
	Job
	next func(after time.Time) time.Time
	seen time.Time // times up to here were run, skipped or are of no concern

	asked time.Time // when Changed was asked last

	mu   sync.Mutex
	busy bool // runs, or waits for its turn
}

// New checks a timetable. Names must differ.
func New(jobs []Job, o Options) (*Schedule, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	s := &Schedule{o: o}
	for _, j := range jobs {
		if j.Name == "" {
			return nil, errors.New("a job without a name; give it one")
		}
		if s.find(j.Name) != nil {
			return nil, fmt.Errorf("two jobs are named %q; rename one", j.Name)
		}
		if j.Zone == nil {
			j.Zone = time.UTC
		}
		next, err := parse(j.Cron, j.Zone)
		if err != nil {
			return nil, fmt.Errorf("job %q: %w", j.Name, err)
		}
		s.entries = append(s.entries, &entry{Job: j, next: next, seen: j.Last})
	}
	return s, nil
}

func (s *Schedule) find(name string) *entry {
	for _, e := range s.entries {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// Next returns the next n times of a job after a moment, in the job's zone,
// and none for a name there is not.
func (s *Schedule) Next(name string, after time.Time, n int) []time.Time {
	var times []time.Time
	for e := s.find(name); e != nil && len(times) < n; {
		after = e.next(after)
		times = append(times, after.In(e.Zone))
	}
	return times
}

// ErrUnknownJob is returned by Once for a name that is not in the timetable.
var ErrUnknownJob = errors.New("unknown job")

// Once runs a job now and returns its error. It must not be called while Run
// is running.
func (s *Schedule) Once(ctx context.Context, name string) error {
	e := s.find(name)
	if e == nil {
		var names []string
		for _, e := range s.entries {
			names = append(names, e.Name)
		}
		return fmt.Errorf("%w %q; there are: %s", ErrUnknownJob, name, strings.Join(names, ", "))
	}
	return s.safely(ctx, e, Run{Job: name, Due: s.o.Now(), Reason: ByHand})
}

// Run runs the jobs at their times until ctx ends, one at a time: jobs due
// together wait for one another, and a job that is due while its own last run
// is not over is skipped. Errors and panics of jobs are logged and end
// nothing. When ctx ends, the running job's context is cancelled, and what
// only waited is left to the next start.
//
// Run returns nil, or an error when a job did not return within the grace.
func (s *Schedule) Run(ctx context.Context) error {
	start := s.o.Now()
	for _, e := range s.entries {
		if e.seen.IsZero() {
			e.seen = start
		}
	}
	for ctx.Err() == nil {
		now := s.o.Now()
		for _, e := range s.entries {
			s.check(ctx, e, now)
		}
		sleep(ctx, s.pause(now))
	}
	return s.stop()
}

// look is how often the clock and the changes are looked at.
const look = time.Minute

// pause is how long nothing is due, but at most until the next look.
func (s *Schedule) pause(now time.Time) time.Duration {
	d := look
	for _, e := range s.entries {
		d = min(d, e.next(e.seen).Sub(now))
	}
	return max(d, time.Millisecond)
}

// setBack is how far a clock may be set back without a time running twice.
const setBack = 48 * time.Hour

// check starts a job that is due. What ran while the clock was far ahead must not
// keep it from running until then.
func (s *Schedule) check(ctx context.Context, e *entry, now time.Time) {
	if e.seen.After(now.Add(setBack)) {
		s.o.Log.Warn("the clock was set back; the job goes on from now", "job", e.Name, "ran_last", e.seen.In(e.Zone))
		e.seen, e.asked = now, now
	}
	r := Run{Job: e.Name, Due: latest(e.next, e.seen, now), Reason: Scheduled}
	switch {
	case r.Due.IsZero() && e.Changed == nil:
		return
	case r.Due.IsZero():
		if !s.hasChanged(e, now) {
			return
		}
		r.Due, r.Reason = now, Changed
	case now.Sub(r.Due) > 2*look:
		r.Reason = CaughtUp
	}
	e.seen = r.Due
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.busy {
		s.o.Log.Warn("job skipped: its last run is not over", "job", e.Name, "due", r.Due.In(e.Zone))
		return
	}
	e.busy = true
	if e.Jitter > 0 { // it joins when it has waited, so that nobody waits for that
		s.group.Go(func() {
			sleep(ctx, rand.N(e.Jitter)) //nolint:gosec // no secret
			ahead, done := s.line.join()
			s.run(ctx, e, r, ahead, done)
		})
		return
	}
	ahead, done := s.line.join() // now, so that jobs due together run in their order
	s.group.Go(func() { s.run(ctx, e, r, ahead, done) })
}

// hasChanged asks an idle job whether it is to run beside its times.
func (s *Schedule) hasChanged(e *entry, now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.busy || now.Sub(e.asked).Abs() < look {
		return false
	}
	e.asked = now
	return e.Changed()
}

// latest returns the last time in (after, now], or zero. It looks back step by
// step, since a job of every second may have been off for a year.
func latest(next func(time.Time) time.Time, after, now time.Time) time.Time {
	const day = 24 * time.Hour
	for _, back := range []time.Duration{2 * look, time.Hour, 26 * time.Hour, 32 * day, 367 * day, 1 << 62} {
		from := now.Add(-back)
		if from.Before(after) {
			from = after
		}
		var last time.Time
		for t := next(from); !t.After(now); t = next(t) {
			last = t
		}
		if !last.IsZero() || from.Equal(after) {
			return last
		}
	}
	return time.Time{}
}

// run waits for the job's turn and runs it.
func (s *Schedule) run(ctx context.Context, e *entry, r Run, ahead, done chan struct{}) {
	defer close(done)
	defer func() {
		e.mu.Lock()
		e.busy = false
		e.mu.Unlock()
	}()
	select {
	case <-ahead:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		s.o.Log.Warn("job not started: the schedule stops", "job", e.Name)
		return
	}
	log := s.o.Log.With("job", e.Name, "due", r.Due.In(e.Zone), "reason", string(r.Reason))
	log.Info("job starts")
	start := s.o.Now()
	err := s.safely(ctx, e, r)
	took := s.o.Now().Sub(start).Round(time.Millisecond)
	switch {
	case err == nil:
		log.Info("job done", "took", took)
	case ctx.Err() != nil:
		log.Warn("job interrupted: the schedule stops", "took", took)
	default:
		log.Error("job failed", "took", took, "error", err)
	}
}

// safely runs a job and turns a panic into an error.
func (s *Schedule) safely(ctx context.Context, e *entry, r Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.o.Log.Error("job panicked", "job", e.Name, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("job %s: panic: %v", e.Name, p)
		}
	}()
	return e.Job.Run(ctx, r)
}

// stop waits for the running job.
func (s *Schedule) stop() error {
	done := make(chan struct{})
	go func() {
		s.group.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(s.o.Grace):
	}
	var names []string
	for _, e := range s.entries {
		e.mu.Lock()
		if e.busy {
			names = append(names, e.Name)
		}
		e.mu.Unlock()
	}
	slices.Sort(names)
	return fmt.Errorf("job %s did not stop within %v", strings.Join(names, ", "), s.o.Grace)
}

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
