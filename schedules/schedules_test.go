package schedules

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stage is a schedule under a clock of our own. In a bubble of synctest time
// passes only when everybody waits, so years take milliseconds.
type stage struct {
	t      *testing.T
	offset atomic.Int64 // of our clock from the bubble's
	log    bytes.Buffer
	mu     sync.Mutex
	ran    []string
	stop   context.CancelFunc
	done   chan error
}

func newStage(t *testing.T, now string) *stage {
	st := &stage{t: t, done: make(chan error, 1)}
	at, err := time.Parse(time.RFC3339, now)
	if err != nil {
		t.Fatal(err)
	}
	st.offset.Store(int64(time.Until(at)))
	return st
}

func (st *stage) now() time.Time { return time.Now().Add(time.Duration(st.offset.Load())).UTC() }

// note is a job's work: it writes down what it was told.
func (st *stage) note(_ context.Context, r Run) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.ran = append(st.ran, r.Job+" "+r.Due.UTC().Format(time.RFC3339)+" "+string(r.Reason))
	return nil
}

func (st *stage) start(jobs ...Job) {
	log := slog.New(slog.NewTextHandler(&st.log, nil))
	s, err := New(jobs, Options{Log: log, Now: st.now})
	if err != nil {
		st.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(st.t.Context())
	st.stop = cancel
	go func() { st.done <- s.Run(ctx) }()
}

func (st *stage) end() error {
	st.stop()
	return <-st.done
}

func (st *stage) want(want ...string) {
	st.t.Helper()
	st.mu.Lock()
	defer st.mu.Unlock()
	if diff := cmp.Diff(want, st.ran); diff != "" {
		st.t.Errorf("runs (-want +got):\n%s", diff)
	}
}

func TestRunsAtItsTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, "2028-02-27T18:00:00Z")
		st.start(Job{Name: "nightly", Cron: "30 2 * * *", Zone: zone(t, "Asia/Shanghai"), Run: st.note})
		time.Sleep(72 * time.Hour)
		if err := st.end(); err != nil {
			t.Error(err)
		}
		st.want("nightly 2028-02-27T18:30:00Z scheduled", // 28 February in Beijing
			"nightly 2028-02-28T18:30:00Z scheduled",
			"nightly 2028-02-29T18:30:00Z scheduled") // 1 March, after a leap day
	})
}

func TestCatchesUpOnceAfterThreeDaysOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := func(s string) time.Time {
			v, err := time.Parse(time.RFC3339, s)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		st := newStage(t, "2026-11-05T09:00:00Z")
		st.start(
			Job{Name: "nightly", Cron: "30 2 * * *", Last: at("2026-11-02T02:30:00Z"), Run: st.note},
			Job{Name: "month", Cron: "0 11 3 * *", Last: at("2026-10-03T11:00:00Z"), Run: st.note},
			Job{Name: "weekly", Cron: "0 8 * * 1", Last: at("2026-11-02T08:00:00Z"), Run: st.note},
			Job{Name: "new", Cron: "* * * * *", Run: func(context.Context, Run) error { return nil }},
		)
		time.Sleep(time.Minute)
		if err := st.end(); err != nil {
			t.Error(err)
		}
		st.mu.Lock()
		defer st.mu.Unlock()
		got := map[string]bool{}
		for _, r := range st.ran {
			got[r] = true
		}
		want := map[string]bool{"nightly 2026-11-05T02:30:00Z caught up": true, "month 2026-11-03T11:00:00Z caught up": true}
		if diff := cmp.Diff(want, got); diff != "" || len(st.ran) != 2 {
			t.Errorf("runs %q (-want +got):\n%s", st.ran, diff)
		}
	})
}

// A machine that slept, or whose clock was set, catches up within a minute.
func TestClockThatJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, "2026-11-05T01:00:00Z")
		st.start(Job{Name: "nightly", Cron: "30 2 * * *", Run: st.note})
		time.Sleep(10 * time.Minute)
		st.offset.Add(int64(80 * time.Hour))
		time.Sleep(61 * time.Second)
		st.want("nightly 2026-11-08T02:30:00Z caught up")
		st.offset.Add(int64(-48 * time.Hour)) // set back: nothing runs again
		time.Sleep(24 * time.Hour)
		if err := st.end(); err != nil {
			t.Error(err)
		}
		st.want("nightly 2026-11-08T02:30:00Z caught up")
	})
}

// A machine that started in another decade does not sleep until then.
func TestClockThatWasFarAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, "2036-01-01T00:00:00Z")
		st.start(Job{Name: "nightly", Cron: "30 2 * * *", Run: st.note})
		time.Sleep(3 * time.Hour)
		st.offset.Add(int64(time.Date(2026, time.November, 5, 1, 0, 0, 0, time.UTC).Sub(st.now())))
		time.Sleep(24 * time.Hour)
		if err := st.end(); err != nil {
			t.Error(err)
		}
		st.want("nightly 2036-01-01T02:30:00Z scheduled", "nightly 2026-11-05T02:30:00Z scheduled")
		if !strings.Contains(st.log.String(), "the clock was set back") {
			t.Errorf("not told: %s", st.log.String())
		}
	})
}

func TestOverlapIsSkippedAndLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, "2026-11-05T00:00:30Z")
		st.start(Job{Name: "slow", Cron: "* * * * *", Run: func(ctx context.Context, r Run) error {
			sleep(ctx, 150*time.Second)
			return st.note(ctx, r)
		}})
		time.Sleep(290 * time.Second)
		if err := st.end(); err != nil {
			t.Error(err)
		}
		// 00:01 runs until 00:03:30, so 00:02 and 00:03 are skipped; 00:04 was cut short.
		st.want("slow 2026-11-05T00:01:00Z scheduled", "slow 2026-11-05T00:04:00Z scheduled")
		if n := strings.Count(st.log.String(), "job skipped: its last run is not over"); n != 3 {
			t.Errorf("%d skips logged, want 3 (00:02, 00:03, 00:05):\n%s", n, st.log.String())
		}
	})
}

func TestJobsDueTogetherWaitForOneAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, "2026-11-02T02:29:30Z")
		var running, most atomic.Int32
		work := func(ctx context.Context, r Run) error {
			most.Store(max(most.Load(), running.Add(1)))
			sleep(ctx, 10*time.Second)
			running.Add(-1)
			return st.note(ctx, r)
		}
		st.start(Job{Name: "a", Cron: "30 2 * * *", Run: work}, Job{Name: "b", Cron: "30 2 * * *", Run: work}, Job{Name: "c", Cron: "30 2 * * *", Run: work})
		time.Sleep(time.Hour)
		if err := st.end(); err != nil {
			t.Error(err)
		}
		if len(st.ran) != 3 || most.Load() != 1 {
			t.Errorf("%d runs, up to %d at once; want 3, one at a time", len(st.ran), most.Load())
		}
	})
}

func TestErrorsAndPanicsEndNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, "2026-11-02T00:00:30Z")
		n := 0
		st.start(Job{Name: "frail", Cron: "* * * * *", Run: func(ctx context.Context, r Run) error {
			switch n++; n {
			case 1:
				panic("no map")
			case 2:
				return errors.New("no disk")
			}
			return st.note(ctx, r)
		}})
		time.Sleep(3 * time.Minute)
		if err := st.end(); err != nil {
			t.Error(err)
		}
		st.want("frail 2026-11-02T00:03:00Z scheduled")
		for _, want := range []string{`msg="job panicked" job=frail panic="no map"`, "schedules_test.go", `error="job frail: panic: no map"`, `error="no disk"`} {
			if !strings.Contains(st.log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, st.log.String())
			}
		}
	})
}

func TestStopCancelsTheRunningJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, "2026-11-02T00:00:30Z")
		query := func(ctx context.Context, r Run) error {
			<-ctx.Done() // as a query does
			st.note(ctx, Run{Job: "cancelled " + r.Job})
			return ctx.Err()
		}
		st.start(Job{Name: "a", Cron: "0 1 0 * * *", Run: query}, Job{Name: "b", Cron: "10 1 0 * * *", Run: st.note})
		time.Sleep(45 * time.Second)
		start := time.Now()
		if err := st.end(); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > 0 {
			t.Errorf("stopping took %v", took)
		}
		st.want("cancelled a 0001-01-01T00:00:00Z ") // and b, which waited for a, did not run
		for _, want := range []string{`"job interrupted: the schedule stops" job=a`, `"job not started: the schedule stops" job=b`} {
			if !strings.Contains(st.log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, st.log.String())
			}
		}
	})
}

func TestJobThatDoesNotStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, "2026-11-02T00:00:30Z")
		st.start(Job{Name: "stubborn", Cron: "* * * * *", Run: func(context.Context, Run) error {
			time.Sleep(time.Hour)
			return nil
		}})
		time.Sleep(45 * time.Second)
		start := time.Now()
		err := st.end()
		if err == nil || err.Error() != "job stubborn did not stop within 10s" {
			t.Errorf("error %v", err)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("stopping took %v, want 10s", took)
		}
		time.Sleep(2 * time.Hour) // let it end, or the bubble would not
	})
}

func TestJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, "2026-11-02T00:00:00Z")
		late := map[time.Duration]bool{}
		st.start(Job{Name: "a", Cron: "0 * * * *", Jitter: 5 * time.Minute, Run: func(_ context.Context, r Run) error {
			d := st.now().Sub(r.Due)
			if d < 0 || d >= 5*time.Minute+time.Millisecond {
				t.Errorf("%v late, want less than 5m", d)
			}
			late[d.Round(time.Second)] = true
			return nil
		}})
		time.Sleep(100 * time.Hour)
		if err := st.end(); err != nil {
			t.Error(err)
		}
		if len(late) < 10 {
			t.Errorf("100 runs with only %d different delays", len(late))
		}
	})
}

func TestChangedRunsOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, "2026-11-03T10:59:30Z")
		var bill atomic.Bool
		var asked atomic.Int64
		st.start(Job{Name: "month", Cron: "0 11 3 * *", Run: st.note, Changed: func() bool {
			asked.Add(1)
			return bill.Swap(false)
		}}, Job{Name: "busy", Cron: "*/20 * * * * *", Run: func(context.Context, Run) error { return nil }})
		time.Sleep(5 * time.Hour)
		bill.Store(true)
		time.Sleep(5 * time.Hour)
		if err := st.end(); err != nil {
			t.Error(err)
		}
		if n := asked.Load(); n < 10*60-10 || n > 10*60+10 {
			t.Errorf("asked %d times in ten hours, want about once a minute", n)
		}
		if len(st.ran) != 2 || st.ran[0] != "month 2026-11-03T11:00:00Z scheduled" ||
			st.ran[1] < "month 2026-11-03T15:59:30Z" || st.ran[1] > "month 2026-11-03T16:00:30Z" || !strings.HasSuffix(st.ran[1], " changed") {
			t.Errorf("runs %q", st.ran)
		}
	})
}

func TestOnce(t *testing.T) {
	ran := 0
	s, err := New([]Job{{Name: "a", Cron: "@daily", Run: func(_ context.Context, r Run) error {
		if ran++; r.Reason != ByHand {
			t.Errorf("reason %q", r.Reason)
		}
		return errors.New("no disk")
	}}, {Name: "b", Cron: "@daily"}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Once(t.Context(), "a"); ran != 1 || err == nil || err.Error() != "no disk" {
		t.Errorf("ran %d times, error %v", ran, err)
	}
	if err := s.Once(t.Context(), "c"); !errors.Is(err, ErrUnknownJob) || !strings.Contains(err.Error(), "there are: a, b") {
		t.Errorf("error %v", err)
	}
	if got := s.Next("c", time.Now(), 5); got != nil {
		t.Errorf("times %v of a job there is not", got)
	}
}

// Jobs that are due together run one after another in the order they were given.
func TestDueTogetherRunInTheirOrder(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	var got, want []string
	var jobs []Job
	for i := range 20 {
		name := fmt.Sprintf("job-%02d", i)
		want = append(want, name)
		jobs = append(jobs, Job{Name: name, Cron: "0 3 1 1 *", Last: time.Now().AddDate(-2, 0, 0), Run: func(context.Context, Run) error {
			mu.Lock()
			defer mu.Unlock()
			if got = append(got, name); len(got) == 20 {
				stop()
			}
			return nil
		}})
	}
	s, err := New(jobs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
