package xtally_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
	xmail "github.com/xtally/xtally/reports/mail"
	"github.com/xtally/xtally/reports/mail/mailtest"
)

// mailServer is a real server and a sender that speaks to it.
func mailServer(t *testing.T) (*mailtest.Server, xmail.SMTP) {
	t.Helper()
	s, err := mailtest.Start(false, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Behave("")
		s.Close()
	})
	cas := x509.NewCertPool()
	cas.AppendCertsFromPEM(s.CA)
	return s, xmail.SMTP{
		Host: s.Host, Port: s.Port, From: "xtally@example.com", User: mailtest.User, Password: mailtest.Password, CAs: cas, Timeout: 500 * time.Millisecond,
	}
}

// octoberTask reports October of a case to some recipients.
func octoberTask(t *testing.T, to ...string) xtally.Task {
	return xtally.Task{
		Name: "month", Kind: xtally.TaskRun, To: to, Reason: "scheduled", DueAt: midNovember(),
		Job: xtally.Job{
			Archive: []string{"testdata/started_minute_counts/in"}, Month: october, Out: t.TempDir(),
			Report: xtally.ReportOptions{Lang: reports.EN, Formats: []reports.Format{reports.XLSX}},
		},
	}
}

// taken lists what a server took: recipient and the begin of the Message-ID.
func taken(t *testing.T, s *mailtest.Server) (to, ids []string) {
	t.Helper()
	for _, m := range s.Mails() {
		msg, err := mail.ReadMessage(strings.NewReader(string(m.Data)))
		if err != nil {
			t.Fatal(err)
		}
		to = append(to, m.To)
		ids = append(ids, msg.Header.Get("Message-Id"))
	}
	return to, ids
}

// countRows counts the mails in the outbox of a status.
func countRows(t *testing.T, tally *xtally.Tally, status string) int {
	t.Helper()
	posted, err := tally.Outbox(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range posted {
		if p.Status == status {
			n++
		}
	}
	return n
}

func TestMailGoesOnce(t *testing.T) {
	t.Parallel()
	server, smtp := mailServer(t)
	tally := mustOpen(t, "", xtally.WithMailer(smtp))
	task := octoberTask(t, "a@example.com", "b@example.com")
	for range 2 { // the second time everything is as it was
		if _, err := tally.Do(t.Context(), task); err != nil {
			t.Fatal(err)
		}
	}
	task.To = append(task.To, "c@example.com") // somebody new gets it, nobody else
	if _, err := tally.Do(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	to, ids := taken(t, server)
	if diff := cmp.Diff([]string{"a@example.com", "b@example.com", "c@example.com"}, to); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
	if len(slices.Compact(ids)) != 1 {
		t.Errorf("one mail under the ids %q", ids)
	}
	data := string(server.Mails()[0].Data)
	for _, want := range []string{"Subject: [new alerts: 1] 2026-10 privacy-number charges: 9.14 CNY", "8 calls, 69 billed minutes", "app-a", `filename="xtally-2026-10.xlsx"`, "cid:days.png", "Content-Id: <days.png>"} {
		if !strings.Contains(data, want) {
			t.Errorf("the mail lacks %q", want)
		}
	}

	// Other figures are another mail.
	task.Job.Archive = append(task.Job.Archive, "testdata/duplicate_in_batch/in")
	if _, err := tally.Do(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	if to, _ := taken(t, server); len(to) != 6 {
		t.Errorf("mails to %q", to)
	}
}

// A run that could not mail says so, its reports are there all the same, and
// the next run sends the mail, be it of a job that has none of its own.
func TestRunThatCouldNotMail(t *testing.T) {
	t.Parallel()
	server, smtp := mailServer(t)
	path := filepath.Join(t.TempDir(), "test.duckdb")
	tally := mustOpen(t, path, xtally.WithMailer(smtp))
	task := octoberTask(t, "a@example.com", "b@example.com")
	server.Behave(mailtest.PutOff)
	r, err := tally.Do(t.Context(), task)
	if err == nil || !strings.Contains(err.Error(), "it put the mail off") || len(r.Reports) == 0 {
		t.Errorf("%d reports, error %v", len(r.Reports), err)
	}
	tally.Close()

	server.Behave("")
	tally = mustOpen(t, path, xtally.WithMailer(smtp))
	task.Kind, task.Name, task.To = xtally.TaskLoad, "nightly", nil
	if _, err := tally.Do(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	to, _ := taken(t, server)
	if diff := cmp.Diff([]string{"a@example.com", "b@example.com"}, to); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
}

// Whatever the server does, nothing is lost, the next run sends what waits, and
// none goes twice that was answered.
func TestMailServerThatFails(t *testing.T) {
	t.Parallel()
	tests := map[mailtest.Fault]struct {
		want  string
		mails int // in the end; the server may have taken what it never confirmed
	}{
		mailtest.Stall:      {"no answer within 500ms", 2},
		mailtest.StallData:  {"no answer within 500ms", 2},
		mailtest.Drop:       {"the connection broke off", 2},
		mailtest.Refuse:     {"it refused (550 5.1.1 No such user here)", 2},
		mailtest.PutOff:     {"it put the mail off (451 4.3.0 Try again later)", 2},
		mailtest.StallReply: {"no answer within 500ms", 3}, // after one the other is not tried
		mailtest.DropAnswer: {"the connection broke off", 4},
	}
	for fault, tt := range tests {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			server, smtp := mailServer(t)
			path := filepath.Join(t.TempDir(), "test.duckdb")
			tally := mustOpen(t, path, xtally.WithMailer(smtp))
			if _, err := tally.Post(t.Context(), xmail.Message{Key: "k", Text: "4.14"}, xtally.Posted{}, "a@example.com", "b@example.com"); err != nil {
				t.Fatal(err)
			}
			server.Behave(fault)
			if err := tally.Deliver(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if n := countRows(t, tally, xtally.MailWaiting); n != 2 {
				t.Errorf("%d mails wait, want 2", n)
			}
			tally.Close()

			server.Behave("")
			tally = mustOpen(t, path, xtally.WithMailer(smtp)) // the next night
			for range 2 {
				if err := tally.Deliver(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			to, ids := taken(t, server)
			slices.Sort(to)
			if to = slices.Compact(to); len(ids) != tt.mails || !slices.Equal(to, []string{"a@example.com", "b@example.com"}) {
				t.Errorf("%d mails to %q, want %d", len(ids), to, tt.mails)
			}
			if ids = slices.Compact(ids); len(ids) != 1 {
				t.Errorf("ids %q: a mail sent twice must be known by its id", ids)
			}
			if n := countRows(t, tally, xtally.MailSent); n != 2 {
				t.Errorf("%d mails sent, want 2", n)
			}
		})
	}
}

// One bad address keeps back nobody else's mail, and can be given up.
func TestOneRecipientIsRefused(t *testing.T) {
	t.Parallel()
	server, smtp := mailServer(t)
	server.Behave(mailtest.RefuseOne)
	tally := mustOpen(t, "", xtally.WithMailer(smtp, time.Millisecond))
	_, err := tally.Do(t.Context(), octoberTask(t, "a@example.com", "nobody@example.com", "z@example.com"))
	if err == nil || !strings.HasPrefix(err.Error(), "mail to nobody@example.com through ") {
		t.Errorf("error %v", err)
	}
	to, _ := taken(t, server)
	if diff := cmp.Diff([]string{"a@example.com", "z@example.com"}, to); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
	if n, err := tally.DropMail(t.Context(), "nobody@example.com"); n != 1 || err != nil {
		t.Errorf("dropped %d, %v", n, err)
	}
	if err := tally.Deliver(t.Context()); err != nil {
		t.Errorf("after dropping: %v", err)
	}
	if waiting, dropped := countRows(t, tally, xtally.MailWaiting), countRows(t, tally, xtally.MailDropped); waiting != 0 || dropped != 1 {
		t.Errorf("%d wait, %d dropped", waiting, dropped)
	}
}

// scripted is a sender that answers as told.
type scripted struct {
	answers []error
	tries   int
	before  func()
}

func (s *scripted) Send(context.Context, xmail.Message, string) error {
	if s.before != nil {
		s.before()
	}
	if s.tries++; s.tries <= len(s.answers) {
		return s.answers[s.tries-1]
	}
	return nil
}

func TestBackOff(t *testing.T) {
	t.Parallel()
	soon := &xmail.Error{Reason: "busy", Soon: true, ForAll: true}
	later := &xmail.Error{Reason: "no such user"}
	tests := map[string]struct {
		answers []error
		tries   int
		fails   bool
	}{
		"at once":          {nil, 2, false},
		"the second time":  {[]error{soon}, 3, false}, // one for all: the other is not tried in vain
		"not in this run":  {[]error{soon, soon, soon}, 3, true},
		"never, so no try": {[]error{later, later}, 2, true},
		"another's sender": {[]error{errors.New("odd")}, 3, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sender := &scripted{answers: tt.answers}
			tally := mustOpen(t, "", xtally.WithMailer(sender, time.Millisecond, time.Millisecond))
			if n, err := tally.Post(t.Context(), xmail.Message{Key: "k"}, xtally.Posted{}, "a@example.com", "b@example.com"); n != 2 || err != nil {
				t.Fatalf("posted %d, %v", n, err)
			}
			err := tally.Deliver(t.Context())
			if sender.tries != tt.tries || (err != nil) != tt.fails {
				t.Errorf("%d tries, error %v; want %d, %v", sender.tries, err, tt.tries, tt.fails)
			}
			if err := tally.Deliver(t.Context()); err != nil || countRows(t, tally, xtally.MailSent) != 2 {
				t.Errorf("the next run: %v", err)
			}
		})
	}
}

// A stop in the middle of a mail that was sent must not have it sent again.
func TestStopAfterTheAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	sender := &scripted{before: cancel}
	tally := mustOpen(t, "", xtally.WithMailer(sender))
	if _, err := tally.Post(t.Context(), xmail.Message{Key: "k"}, xtally.Posted{}, "a@example.com", "b@example.com"); err != nil {
		t.Fatal(err)
	}
	if err := tally.Deliver(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	sender.before = nil
	if err := tally.Deliver(t.Context()); err != nil || sender.tries != 2 {
		t.Errorf("%d tries for two mails, %v", sender.tries, err)
	}
}

func TestRecipientsWithoutAServer(t *testing.T) {
	t.Parallel()
	tally := mustOpen(t, "")
	task := octoberTask(t, "a@example.com")
	if _, err := tally.Do(t.Context(), task); err == nil || err.Error() != "job month: nobody to send its mail; set a mail server" {
		t.Errorf("error %v", err)
	}
	if runs, err := tally.Runs(t.Context(), 1); err != nil || len(runs) != 0 {
		t.Errorf("it began all the same: %+v, %v", runs, err)
	}
}

func TestProvisionalMailSaysAsOfWhen(t *testing.T) {
	t.Parallel()
	server, smtp := mailServer(t)
	now := time.Date(2026, 10, 12, 0, 0, 0, 0, time.UTC)
	tally := mustOpen(t, "", xtally.WithMailer(smtp), xtally.WithClock(func() time.Time { return now }))
	task := octoberTask(t, "a@example.com")
	for _, days := range []int{0, 0, 7} { // Monday, Monday again, the next Monday
		now = now.AddDate(0, 0, days)
		if _, err := tally.Do(t.Context(), task); err != nil {
			t.Fatal(err)
		}
	}
	var subjects []string
	for _, m := range server.Mails() {
		msg, err := mail.ReadMessage(strings.NewReader(string(m.Data)))
		if err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, msg.Header.Get("Subject"))
	}
	want := []string{
		"[new alerts: 1] 2026-10 privacy-number charges (provisional, as of 2026-10-12): 9.14 CNY", // no record for a week
		"2026-10 privacy-number charges (provisional, as of 2026-10-19): 9.14 CNY",                 // told once
	}
	if diff := cmp.Diff(want, subjects); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
}

func TestHistory(t *testing.T) {
	unraced(t)
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.duckdb")
	tally := mustOpen(t, path)
	added, err := tally.Enrol(t.Context(), "month")
	if err != nil || added.Status != xtally.RunAdded || !added.DueAt.Equal(midNovember()) {
		t.Fatalf("%+v, %v", added, err)
	}
	task := octoberTask(t)
	task.DueAt, task.Watched = midNovember().Add(-24*time.Hour), "bill-1"
	do := func(ctx context.Context, change func(*xtally.Task)) error {
		other := task
		change(&other)
		_, err := tally.Do(ctx, other)
		return err
	}
	if err := do(t.Context(), func(*xtally.Task) {}); err != nil {
		t.Fatal(err)
	}
	if err := do(t.Context(), func(o *xtally.Task) { o.Job.Archive = []string{"testdata/none"} }); err == nil {
		t.Error("no error for an archive there is not")
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := do(ctx, func(o *xtally.Task) { cancel() }); err == nil {
		t.Error("no error of a run that was stopped")
	}
	tally.Close()
	sender := &scripted{}
	tally = mustOpen(t, path, xtally.WithMailer(sender))
	tally.Post(t.Context(), xmail.Message{Key: "k"}, xtally.Posted{}, "a@example.com")
	ctx, sender.before = context.WithCancel(t.Context()) // stopped in the middle
	if err := do(ctx, func(o *xtally.Task) { o.Kind = xtally.TaskReport }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	tally.Post(t.Context(), xmail.Message{Key: "l"}, xtally.Posted{}, "a@example.com")
	func() {
		defer func() { recover() }()
		sender.before = func() { panic("no map") }
		do(t.Context(), func(o *xtally.Task) { o.Kind = xtally.TaskReport })
		t.Error("the panic was swallowed")
	}()
	runs, err := tally.Runs(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range runs {
		if r.EndedAt.IsZero() {
			t.Errorf("%+v has not ended", r)
		}
		detail, _, _ := strings.Cut(r.Detail, ":")
		got = append(got, fmt.Sprintf("%d %s %s %s %s", r.ID, r.Job, r.Month, r.Status, detail))
	}
	// A run that was stopped before it began is not in the history at all.
	want := []string{"5 month 2026-10 failed panic", "4 month 2026-10 interrupted ", "3 month 2026-10 failed load testdata/none", "2 month 2026-10 done ", "1 month  added "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

// What a killed process left running is caught up; what finished is not.
func TestEnrolPassesOverBrokenRuns(t *testing.T) {
	t.Parallel()
	db := openHost(t)
	tally := mustOpen(t, filepath.Join(t.TempDir(), "test.duckdb"), xtally.WithDB(db))
	if _, err := tally.Enrol(t.Context(), "nightly"); err != nil {
		t.Fatal(err)
	}
	due := midNovember()
	for i, status := range []string{"done", "interrupted", "broken off", "running"} {
		if _, err := db.Exec("insert into xtally.raw.runs values (?, 'nightly', 'scheduled', '', ?, ?, null, ?, '', 'seen')", i+10, due.AddDate(0, 0, i+1), due, status); err != nil {
			t.Fatal(err)
		}
	}
	last, err := tally.Enrol(t.Context(), "nightly")
	if err != nil || last.ID != 10 || !last.DueAt.Equal(due.AddDate(0, 0, 1)) || last.Watched != "seen" {
		t.Errorf("%+v, %v; want the run that is done", last, err)
	}
	runs, err := tally.Runs(t.Context(), 1)
	if err != nil || runs[0].Status != xtally.RunBrokenOff {
		t.Errorf("%+v, %v; want broken off", runs, err)
	}
}
