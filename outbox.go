package xtally

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xtally/xtally/reports/mail"
)

// Posted is a mail in the outbox for one recipient. Times are UTC.
type Posted struct {
	Key      string    `json:"mail_key"`
	To       string    `json:"recipient"`
	Subject  string    `json:"subject"`
	Job      string    `json:"job"`
	Month    string    `json:"month"`
	Status   string    `json:"status"` // waiting, sent or dropped
	Tries    int       `json:"try_count"`
	PostedAt time.Time `json:"posted_at"`
	SentAt   time.Time `json:"sent_at"` // zero until it was sent
	Error    string    `json:"last_error"`
}

// What Posted.Status can be.
const (
	MailWaiting = "waiting"
	MailSent    = "sent"
	MailDropped = "dropped"
)

// Post puts a mail into the outbox, for each recipient it is not yet there
// for: what was sent or waits already is not posted again. It returns for how
// many it was posted. Of about, Job and Month are kept. Deliver sends it.
func (t *Tally) Post(ctx context.Context, m mail.Message, about Posted, to ...string) (n int, err error) {
	content, err := json.Marshal(m)
	if err != nil {
		return 0, err
	}
	err = t.transact(ctx, func() error {
		for _, recipient := range to {
			var there bool
			if err := t.conn.QueryRowContext(ctx, "select count(*) > 0 from raw.outbox where mail_key = ? and recipient = ?", m.Key, recipient).Scan(&there); err != nil {
				return err
			}
			if there {
				continue
			}
			n++
			if _, err := t.conn.ExecContext(ctx, "insert into raw.outbox values (?, ?, ?, ?, ?, ?, 0, ?, null, '')",
				m.Key, recipient, m.Subject, about.Job, about.Month, MailWaiting, t.o.now().UTC()); err != nil {
				return err
			}
		}
		if n == 0 {
			return nil
		}
		_, err := t.conn.ExecContext(ctx, "insert into raw.mails select ?, ? where not exists (from raw.mails where mail_key = ?)", m.Key, string(content), m.Key)
		return err
	})
	return n, err
}

// Deliver sends what waits in the outbox, and tries again after each of the
// waits given to [WithMailer] while that may help. It returns the errors of
// the mails that still wait; they are sent by the next Deliver.
//
// A mail goes to a recipient once: its row in the outbox is marked as soon as
// the server has taken charge of it. If the process is killed, or the line
// breaks, after the server took it and before that is known here, nobody can
// tell, and it is sent once more under the same Message-ID. No mail is lost.
func (t *Tally) Deliver(ctx context.Context) error {
	if t.o.sender == nil {
		return errors.New("deliver: nobody to send mails; set a mail server")
	}
	if _, err := t.conn.ExecContext(ctx, "update raw.deliveries set outcome = 'unknown', answer = 'the process ended in the middle' where outcome = 'trying'"); err != nil {
		return err
	}
	waiting, err := t.posted(ctx, "where status = ? order by posted_utc_at, recipient, mail_key", MailWaiting)
	if err != nil {
		return err
	}
	var failed map[Posted]error
	for round := 0; len(waiting) > 0; round++ {
		var again []Posted
		if failed, again, err = t.round(ctx, waiting, failed); err != nil {
			return err
		}
		if waiting = again; round == len(t.o.mailRetry) || len(waiting) == 0 {
			break
		}
		t.o.log.Warn("mail not sent yet; trying again", "mails", len(waiting), "wait", t.o.mailRetry[round])
		if err := wait(ctx, t.o.mailRetry[round]); err != nil {
			return err
		}
	}
	if err := t.exec(ctx, "delete from raw.mails where mail_key not in (select mail_key from raw.outbox where status = 'waiting')"); err != nil {
		return err
	}
	return mailErrors(failed)
}

// mailErrors joins errors, each of which may be that of many mails.
func mailErrors(failed map[Posted]error) error {
	var errs []error
	said := map[string]bool{}
	for _, err := range failed {
		if !said[err.Error()] {
			said[err.Error()] = true
			errs = append(errs, err)
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// round tries to send each mail once. It returns the errors so far, and which
// mails to try again soon. The error is one of the database, or a stop.
func (t *Tally) round(ctx context.Context, mails []Posted, failed map[Posted]error) (map[Posted]error, []Posted, error) {
	left := map[Posted]error{}
	for p, err := range failed {
		left[p] = err
	}
	var again []Posted
	for i, p := range mails {
		err := t.send(ctx, p)
		if ctx.Err() != nil {
			return left, nil, ctx.Err()
		}
		var dbErr *outboxError
		if errors.As(err, &dbErr) {
			return left, nil, err
		}
		if err == nil {
			delete(left, p)
			continue
		}
		left[p] = err
		var known *mail.Error
		if !errors.As(err, &known) || known.Soon {
			again = append(again, p)
		}
		if known == nil || !known.ForAll {
			continue
		}
		for _, other := range mails[i+1:] { // no other would fare better now
			left[other] = err
			if known.Soon {
				again = append(again, other)
			}
		}
		break
	}
	return left, again, nil
}

// outboxError is an error of the database, not of the mail server.
type outboxError struct{ error }

func (e *outboxError) Unwrap() error { return e.error }

// send sends one mail and keeps what came of it.
func (t *Tally) send(ctx context.Context, p Posted) error {
	var content string
	var m mail.Message
	if err := t.conn.QueryRowContext(ctx, "select content from raw.mails where mail_key = ?", p.Key).Scan(&content); err != nil {
		return &outboxError{fmt.Errorf("outbox: mail %s: %w", p.Key, err)}
	}
	if err := json.Unmarshal([]byte(content), &m); err != nil {
		return &outboxError{fmt.Errorf("outbox: mail %s: %w", p.Key, err)}
	}
	var try int
	if err := t.conn.QueryRowContext(ctx, "select coalesce(max(try_no), 0) + 1 from raw.deliveries where mail_key = ? and recipient = ?", p.Key, p.To).Scan(&try); err != nil {
		return &outboxError{err}
	}
	if _, err := t.conn.ExecContext(ctx, "insert into raw.deliveries values (?, ?, ?, ?, null, 'trying', '')", p.Key, p.To, try, t.o.now().UTC()); err != nil {
		return &outboxError{err}
	}
	sendErr := t.o.sender.Send(ctx, m, p.To)
	keep := context.WithoutCancel(ctx) // a stop must not hide that it was sent
	if err := t.transact(keep, func() error { return t.keep(keep, p, try, sendErr) }); err != nil {
		return &outboxError{err}
	}
	return sendErr
}

// keep writes down what came of a try.
func (t *Tally) keep(ctx context.Context, p Posted, try int, sendErr error) error {
	now := t.o.now().UTC()
	outcome, status, answer := "accepted", MailSent, ""
	sent := sql.NullTime{Time: now, Valid: true}
	if sendErr != nil {
		outcome, status, answer, sent = "failed", MailWaiting, sendErr.Error(), sql.NullTime{}
	}
	if _, err := t.conn.ExecContext(ctx, "update raw.deliveries set ended_utc_at = ?, outcome = ?, answer = ? where mail_key = ? and recipient = ? and try_no = ?",
		now, outcome, answer, p.Key, p.To, try); err != nil {
		return err
	}
	_, err := t.conn.ExecContext(ctx, "update raw.outbox set status = ?, sent_utc_at = ?, last_error = ?, try_count = ? where mail_key = ? and recipient = ?",
		status, sent, answer, try, p.Key, p.To)
	return err
}

// Outbox returns every mail that waits and the last n that do not, the latest
// first.
func (t *Tally) Outbox(ctx context.Context, n int) ([]Posted, error) {
	return t.posted(ctx, `where status = 'waiting'
			or (mail_key, recipient) in (select (mail_key, recipient) from raw.outbox where status <> 'waiting' order by posted_utc_at desc limit ?)
		order by posted_utc_at desc, recipient, mail_key`, n)
}

// DropMail gives up every mail that waits for a recipient and returns how many
// that were. The outbox keeps that they were dropped.
func (t *Tally) DropMail(ctx context.Context, to string) (int64, error) {
	r, err := t.conn.ExecContext(ctx, "update raw.outbox set status = ? where status = ? and recipient = ?", MailDropped, MailWaiting, to)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *Tally) posted(ctx context.Context, where string, args ...any) ([]Posted, error) {
	return collect(ctx, t, func(r *sql.Rows, p *Posted) error {
		var sent sql.NullTime
		err := r.Scan(&p.Key, &p.To, &p.Subject, &p.Job, &p.Month, &p.Status, &p.Tries, &p.PostedAt, &sent, &p.Error)
		p.SentAt = sent.Time
		return err
	}, `select mail_key, recipient, subject, job, month, status, try_count, posted_utc_at, sent_utc_at, last_error
		from raw.outbox `+where, args...)
}

// wait waits, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
