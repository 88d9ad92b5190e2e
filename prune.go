package xtally

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// PrunedMonth is one month whose records are gone, or would be.
type PrunedMonth struct {
	Month    string `json:"month"`
	PrunedAt string `json:"pruned_at"` // Beijing; empty in a dry run
	Records  int64  `json:"record_count"`
	Events   int64  `json:"event_count"`
	Messages int64  `json:"message_count"`
	Statuses int64  `json:"status_count"`
}

// perCall are the tables with a row for each record, call or message. A month
// that is pruned loses these rows and keeps all that was summed up of them.
var perCall = []string{
	"raw.fee_records", "raw.events", "raw.sms", "raw.number_status",
	"raw.routes", "identity.copies", "calls.calls", "calls.messages",
}

// Prune removes call records, events, messages and notices of the months before
// one, and with them the numbers of people; what was summed up of a month stays.
// From then on such a month is charged anew by nothing, a record of it that comes
// late is refused and counted, and it cannot be reopened.
//
// Every month with charges must be closed and without an open claim, the two latest are
// left alone, and nothing may wait for Build. All of them are pruned or, with an error, none. A dry
// run only tells what would go. Records without any time belong to no month and stay.
// The file does not get smaller: the space is used again, and a copy that Backup
// makes is without it.
func (t *Tally) Prune(ctx context.Context, before Month, dryRun bool) ([]PrunedMonth, error) {
	what := "prune before " + before.String()
	if err := t.mustBeBuilt(ctx, what); err != nil {
		return nil, err
	}
	var pruned []PrunedMonth
	undo := errors.New("dry run") // has the transaction rolled back
	err := t.transact(ctx, func() (err error) {
		if pruned, err = t.pruneWithin(ctx, before); err == nil && dryRun {
			err = undo
		}
		return err
	})
	if err != nil && !errors.Is(err, undo) {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if dryRun {
		for i := range pruned {
			pruned[i].PrunedAt = ""
		}
		return pruned, nil
	}
	if len(pruned) > 0 {
		t.o.log.Info("pruned", "before", before.String(), "months", len(pruned))
		err = errors.Join(t.vacuum(ctx, true), t.exec(ctx, "checkpoint"))
	}
	return pruned, err
}

// pruneWithin is Prune within a transaction; it runs every check at its end.
func (t *Tally) pruneWithin(ctx context.Context, before Month) ([]PrunedMonth, error) {
	months, err := t.o.readSQL("prune/months.sql")
	if err != nil {
		return nil, err
	}
	err = t.exec(ctx, "set variable prune_before = date "+quote(before.String()+"-01"), "create or replace temp table pruning as "+months)
	if err != nil {
		return nil, err
	}
	found, err := t.texts(ctx, "select cast(month as varchar) from pruning")
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if err := t.mayPrune(ctx); err != nil {
		return nil, err
	}
	b, err := t.newBuilder(ctx, false)
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{b.moveRecords, b.moveEvents, b.recountHours, t.removeRecords, b.checkAll} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return t.prunedMonths(ctx, "where month in (select month from pruning)")
}

// mayPrune tells which months stand in the way.
func (t *Tally) mayPrune(ctx context.Context) error {
	for _, stop := range []struct{ column, remedy string }{
		{"is_recent", "is one of the two latest months, which alerts and repeated pushes still need; give an earlier month"},
		{"is_open", "is not closed, and could not be charged again; close it first (xtally close MONTH)"},
		{"is_claimed", "has open claims, for which the vendor may ask for the calls; note what became of them first (xtally claim)"},
	} {
		found, err := t.texts(ctx, "select strftime(month, '%Y-%m') from pruning where "+stop.column+" order by month")
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return fmt.Errorf("%s %s", strings.Join(found, ", "), stop.remedy)
		}
	}
	return nil
}

// moveRecords gives copies to the months their calls are in, where only one of the
// two is about to be pruned, and balances the books of both anew.
func (b *builder) moveRecords(ctx context.Context) error {
	moved, err := b.o.readSQL("prune/moved_records.sql")
	if err != nil {
		return err
	}
	books, err := b.o.readSQL("calls/duplicates.sql")
	if err != nil {
		return err
	}
	if err := b.exec(ctx, "create or replace temp table moved_records as "+moved); err != nil {
		return err
	}
	const (
		to    = " set month = moved.month from moved_records as moved where "
		those = ".file_id = moved.file_id and %[1]s.body_no = moved.body_no and %[1]s.record_no = moved.record_no"
		both  = "(select old_month from moved_records union select month from moved_records)"
	)
	for _, table := range []string{"raw.fee_records", "identity.copies"} {
		if err := b.exec(ctx, "update "+table+to+table+fmt.Sprintf(those, table)); err != nil {
			return err
		}
	}
	return b.exec(ctx,
		"insert into raw.build_scope "+both,
		"delete from calls.duplicates where month in "+both,
		"insert into calls.duplicates by name "+books,
		"delete from raw.build_scope")
}

// moveEvents keeps the events of one session on one side.
func (b *builder) moveEvents(ctx context.Context) error {
	moved, err := b.o.readSQL("prune/moved_events.sql")
	if err != nil {
		return err
	}
	return b.exec(ctx, "create or replace temp table moved_events as "+moved,
		"update raw.events set month = moved.month from moved_events as moved where raw.events.session_id = moved.session_id and raw.events.month = moved.old_month")
}

// recountHours counts what came in the hours of the months anew that something has
// moved out of, or into.
func (b *builder) recountHours(ctx context.Context) error {
	q, err := b.o.readSQL("rated/hour_counts.sql")
	if err != nil {
		return err
	}
	touched, err := b.texts(ctx, "select cast(month as varchar) from moved_events union select cast(old_month as varchar) from moved_events "+
		"union select cast(month as varchar) from moved_records union select cast(old_month as varchar) from moved_records")
	if err != nil || len(touched) == 0 {
		return err
	}
	return b.exec(ctx, "delete from rated.hour_counts where "+among(touched),
		"insert into rated.hour_counts by name select * from ("+q+") where "+among(touched))
}

// removeRecords notes the months and removes what they have for each call. Of the
// sessions those without a record stay, for the list of missing records; the text of
// refused lines goes with the files that hold nothing later.
func (t *Tally) removeRecords(ctx context.Context) error {
	removed, err := t.o.readSQL("prune/removed.sql")
	if err != nil {
		return err
	}
	statements := []string{
		"insert into raw.pruned_months by name select *, timestamp " + quote(t.now()) + " as pruned_at from (" + removed + ")",
		"delete from calls.sessions where has_record and month in (select month from pruning)",
		"update raw.rejects set text = null where file_id in (select file_id from calls.duplicates group by file_id " +
			"having max(month) <= (select max(month) from pruning) and min(month) > undated())",
	}
	for _, table := range perCall {
		statements = append(statements, "delete from "+table+" where month in (select month from pruning)")
	}
	statements = append(statements, "delete from raw.straddles where month in (select month from pruning) or other_month in (select month from pruning)")
	return t.exec(ctx, statements...)
}

// checkAll runs the checks over all months, those that should have nothing left too.
func (b *builder) checkAll(ctx context.Context) (err error) {
	b.charged, err = b.texts(ctx, "select cast(month as varchar) from (select month from calls.calls union select month from calls.duplicates union select month from marts.charges_by_app)")
	if err != nil {
		return err
	}
	if err := b.check(ctx); err != nil {
		return err
	}
	return b.exec(ctx, "delete from raw.build_scope")
}

// PrunedMonths lists the months whose records are gone, in order.
func (t *Tally) PrunedMonths(ctx context.Context) ([]PrunedMonth, error) {
	return t.prunedMonths(ctx, "")
}

func (t *Tally) prunedMonths(ctx context.Context, where string) ([]PrunedMonth, error) {
	return collect(ctx, t, func(r *sql.Rows, m *PrunedMonth) error {
		var at time.Time
		err := r.Scan(&m.Month, &at, &m.Records, &m.Events, &m.Messages, &m.Statuses)
		m.PrunedAt = at.Format(time.DateTime)
		return err
	}, "select strftime(month, '%Y-%m'), pruned_at, record_count, event_count, message_count, status_count "+
		"from raw.pruned_months "+where+" order by month")
}

// mustHaveRecords refuses a month that was pruned.
func (t *Tally) mustHaveRecords(ctx context.Context, month, remedy string) error {
	pruned, err := t.PrunedMonths(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(pruned, func(m PrunedMonth) bool { return m.Month == month })
	if i < 0 {
		return nil
	}
	return fmt.Errorf("the records of %s were pruned on %s; %s", month, pruned[i].PrunedAt[:len(time.DateOnly)], remedy)
}

// mustSettleAsBefore refuses another settle_by beside months that are pruned: a call
// at their edge would be charged in both months, or in none.
func (b *builder) mustSettleAsBefore(ctx context.Context) error {
	was, err := b.texts(ctx, "select value from raw.settings where name = 'settle_by' and exists (from raw.pruned_months)")
	if err != nil || len(was) == 0 || was[0] == b.o.rules.SettleBy {
		return err
	}
	return fmt.Errorf("settle_by is %s, and months were pruned that were charged by %s; set it back", b.o.rules.SettleBy, was[0])
}

// setAside saves, before all models are dropped, what they held of pruned months.
func (b *builder) setAside(ctx context.Context) error {
	tables, err := b.texts(ctx, "select c.schema_name || '.' || c.table_name from duckdb_columns() as c "+
		"inner join duckdb_tables() as t on c.table_oid = t.table_oid and c.database_oid = t.database_oid "+
		"where c.database_name = 'xtally' and c.column_name = 'month' and c.schema_name in ("+quotedList(layers)+") and exists (from raw.pruned_months)")
	if err != nil {
		return err
	}
	b.aside = map[string]bool{}
	for _, table := range tables {
		b.aside[table] = true
		if err := b.exec(ctx, "create or replace temp table "+asideOf(table)+" as select * from "+table+" where month in (select month from raw.pruned_months)"); err != nil {
			return err
		}
	}
	return nil
}

// putBack gives a model that was made anew its rows of pruned months. A column that
// is new since has nothing there; where it is the day of the rows, they are of none.
func (b *builder) putBack(ctx context.Context, m model) error {
	if !b.aside[m.relation()] {
		return nil
	}
	kept := asideOf(m.relation())
	columns, err := b.texts(ctx, "select quoted_name from (select '\"' || name || '\"' as quoted_name from pragma_table_info("+quote(kept)+") "+
		"where name in (select name from pragma_table_info("+quote(m.relation())+")))")
	if err != nil {
		return err
	}
	if m.day != "" && !slices.Contains(columns, quoteName(m.day)) {
		columns = append(columns, "undated() as "+quoteName(m.day))
	}
	return b.exec(ctx, "insert into "+m.relation()+" by name select "+strings.Join(columns, ", ")+" from "+kept, "drop table "+kept)
}

// asideOf names the table that saves a relation's rows.
func asideOf(relation string) string { return "aside_" + strings.ReplaceAll(relation, ".", "_") }

func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quote(n)
	}
	return strings.Join(quoted, ", ")
}
