package xtally

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/xtally/xtally/reports"
)

// CloseOptions say how a month is closed. The reports kept are those that
// Report would write with the same options; Names must be empty.
type CloseOptions struct {
	Report ReportOptions
	Note   string // kept with the closing
	Force  bool   // also a month that is not over
}

// Closing is one closing of a month. Times are Beijing wall clock, money is
// decimal text in CNY.
type Closing struct {
	Month         string `json:"month"`
	ClosedAt      string `json:"closed_at"`
	Version       string `json:"version"`
	RunID         string `json:"run_id"` // of the files kept
	Note          string `json:"note"`
	TotalCNY      string `json:"total_cny"`
	Files         int64  `json:"files"`
	ReopenedAt    string `json:"reopened_at"` // empty while it is in force
	ReopenReason  string `json:"reopen_reason"`
	Adjustments   int64  `json:"adjustment_count"` // lines found since
	AdjustmentCNY string `json:"adjustment_cny"`
}

// Adjustment is what one build found in a closed month.
type Adjustment struct {
	Month    string `json:"month"`
	Lines    int64  `json:"lines"`
	TotalCNY string `json:"total_cny"`
}

// CloseMonth freezes a month as the last build left it. From then on reports
// show its charges as closed; what later builds find, of late records or other
// prices, becomes dated lines of the report adjustments. The report files of
// the moment are kept: Report with AsClosed gives them back byte for byte.
//
// It refuses a month that is closed or empty, one that is not over unless
// Force is set, and any while something loaded or read waits for Build. All of
// it is kept or nothing.
func (t *Tally) CloseMonth(ctx context.Context, month Month, o CloseOptions) (Closing, error) {
	if err := t.mayClose(ctx, month, o.Force); err != nil {
		return Closing{}, err
	}
	if len(o.Report.Names) > 0 {
		return Closing{}, fmt.Errorf("close %s: a closing keeps every report; give no names", month)
	}
	err := t.transact(ctx, func() error { return t.closeWithin(ctx, month, o) })
	if err != nil {
		return Closing{}, fmt.Errorf("close %s: %w", month, err)
	}
	return t.closing(ctx, month)
}

// mayClose tells why a month cannot be closed now.
func (t *Tally) mayClose(ctx context.Context, month Month, force bool) error {
	what := "close " + month.String()
	if err := t.mustBeBuilt(ctx, what); err != nil {
		return err
	}
	var unread int64
	err := t.conn.QueryRowContext(ctx, `select count(*) from (
		(select name, sha256 from raw.input_tables except select name, sha256 from marts.input_tables)
		union all (select name, sha256 from marts.input_tables except select name, sha256 from raw.input_tables))`).Scan(&unread)
	if err != nil {
		return err
	}
	if unread > 0 {
		return fmt.Errorf("%s: tables were read that nothing is built with; run xtally build first", what)
	}
	c, err := t.closing(ctx, month)
	if err == nil {
		return fmt.Errorf("%s: is closed since %s; reopen it first to close it anew", what, c.ClosedAt)
	}
	if !errors.Is(err, ErrNotClosed) {
		return err
	}
	var rows int64
	err = t.conn.QueryRowContext(ctx, "select count(*) from marts.charges_by_app where month = cast(? as date) and month > undated()", month.String()+"-01").Scan(&rows)
	if err != nil {
		return err
	}
	if rows == 0 {
		return fmt.Errorf("%s: holds nothing; xtally status lists the months there are", what)
	}
	if !month.over(t.o.now()) && !force {
		return fmt.Errorf("%s: the month is not over; wait for its end, or force it", what)
	}
	return nil
}

// closeWithin is CloseMonth within a transaction.
func (t *Tally) closeWithin(ctx context.Context, month Month, o CloseOptions) error {
	dir, err := os.MkdirTemp(t.temp, "closing-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	files, err := t.Report(ctx, dir, month, o.Report)
	if err != nil {
		return err
	}
	dir = filepath.Join(dir, month.String())
	m, err := readManifest(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return err
	}
	var id int64
	if err := t.conn.QueryRowContext(ctx, "select coalesce(max(closing_id), 0) + 1 from raw.closings").Scan(&id); err != nil {
		return err
	}
	first := quote(month.String() + "-01")
	for _, name := range []string{"charges", "hours"} {
		q, err := t.o.readSQL("closing/" + name + ".sql")
		if err != nil {
			return err
		}
		err = t.exec(ctx, fmt.Sprintf("insert into raw.closed_%s by name select %d as closing_id, * from (%s) where month = date %s", name, id, q, first))
		if err != nil {
			return err
		}
	}
	_, err = t.conn.ExecContext(ctx, `insert into raw.closings (closing_id, month, closed_at, version, run_id, note, total_cny)
		select ?, month, cast(? as timestamp), ?, ?, ?, sum(total_cny) from marts.charges_by_app where month = date `+first+` group by month`,
		id, t.now(), Version, m.RunID, o.Note)
	if err != nil {
		return err
	}
	return t.keepFiles(ctx, id, dir, append(files, reports.File{Name: "manifest.json"}))
}

// ReopenMonth ends the closing of a month, with a reason that stays on record,
// as do the files kept. The month waits for Build and then shows what is known.
func (t *Tally) ReopenMonth(ctx context.Context, month Month, reason string) (Closing, error) {
	if strings.TrimSpace(reason) == "" {
		return Closing{}, fmt.Errorf("reopen %s: no reason given; a reopened bill needs one", month)
	}
	c, err := t.closing(ctx, month)
	if err != nil {
		return c, fmt.Errorf("reopen %s: %w", month, err)
	}
	if err := t.mustHaveRecords(ctx, month.String(), "it stays as it was closed"); err != nil {
		return c, fmt.Errorf("reopen %s: %w", month, err)
	}
	first := month.String() + "-01"
	c.ReopenedAt, c.ReopenReason = t.now(), reason
	err = t.transact(ctx, func() error {
		_, err := t.conn.ExecContext(ctx, `update raw.closings set reopened_at = cast(? as timestamp), reopen_reason = ?
			where month = cast(? as date) and reopened_at is null`, c.ReopenedAt, reason, first)
		if err != nil {
			return err
		}
		_, err = t.conn.ExecContext(ctx, "insert into raw.months_to_build values (cast(? as date))", first)
		return err
	})
	if err != nil {
		return c, fmt.Errorf("reopen %s: %w", month, err)
	}
	t.o.log.Info("reopened", "month", month.String(), "reason", reason)
	return c, nil
}

// now is the moment in Beijing.
func (t *Tally) now() string { return t.o.now().In(beijing).Format(time.DateTime) }

// closing returns the closing of a month that is in force, or ErrNotClosed.
func (t *Tally) closing(ctx context.Context, month Month) (Closing, error) {
	all, err := t.Closings(ctx)
	if err != nil {
		return Closing{}, err
	}
	for _, c := range all {
		if c.Month == month.String() && c.ReopenedAt == "" {
			return c, nil
		}
	}
	return Closing{}, ErrNotClosed
}

// Closings lists all closings there were, reopened ones too, by month and time.
func (t *Tally) Closings(ctx context.Context) ([]Closing, error) {
	all := []Closing{}
	return all, t.summarize(ctx, "closings", "", &all)
}

// adjust notes what closed months come to beyond what they were closed with.
func (b *builder) adjust(ctx context.Context) error {
	if len(b.charged) == 0 {
		return nil
	}
	q, err := b.o.readSQL("closing/adjustments.sql")
	if err != nil {
		return err
	}
	today := quote(b.o.now().In(beijing).Format(time.DateOnly))
	r, err := b.conn.ExecContext(ctx, "insert into raw.adjustments by name select *, date "+today+" as noticed_date from ("+q+") where month in ("+dates(b.charged)+")")
	if err != nil {
		return fmt.Errorf("build adjustments: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return b.summarize(ctx, "adjusted", "", &b.found)
}
