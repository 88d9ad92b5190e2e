package xtally

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// scope decides which months to make anew, and writes them to raw.build_scope.
func (b *builder) scope(ctx context.Context) error {
	was, err := b.meta(ctx, "built_with")
	if err != nil {
		return err
	}
	if err := b.mustSettleAsBefore(ctx); err != nil {
		return err
	}
	b.fresh = was != b.print
	if b.fresh {
		if err := b.setAside(ctx); err != nil {
			return err
		}
		for _, layer := range slices.Backward(layers) {
			if err := b.exec(ctx, "drop schema if exists "+layer+" cascade"); err != nil {
				return err
			}
		}
	}
	in, err := b.meta(ctx, "built_in")
	if err != nil {
		return err
	}
	b.newMonth = in != b.currentMonth()
	err = b.exec(ctx, "delete from raw.build_scope", "delete from raw.build_causes",
		"insert into raw.build_causes select distinct month, 'late_records' from raw.months_to_build")
	if err != nil {
		return err
	}
	if b.fresh {
		if err := b.because(ctx, "models_or_settings", "select month from raw.closings"); err != nil {
			return err
		}
	}
	if err := b.straddles(ctx); err != nil {
		return err
	}
	changed := "select distinct month from raw.months_to_build"
	if b.all || b.fresh {
		changed = "select month from raw.fee_records union select month from raw.events " +
			"union select month from raw.sms union select month from raw.number_status " +
			"union select month from raw.bill_file_months union " + changed
	}
	if err := b.exec(ctx, "insert into raw.build_scope select month from ("+changed+") where "+notPruned); err != nil {
		return err
	}
	if err := b.widenScope(ctx); err != nil {
		return err
	}
	if !b.all && !b.fresh {
		if err := b.because(ctx, "late_records", "select month from raw.build_scope"); err != nil {
			return err
		}
	}
	if b.months, err = b.texts(ctx, "select cast(month as varchar) from raw.build_scope order by month"); err != nil {
		return err
	}
	return b.chargeScope(ctx)
}

// notPruned leaves out the months whose records are gone: nothing makes them anew.
const notPruned = "month not in (select month from raw.pruned_months)"

// currentMonth is the first day of the Beijing month the build runs in.
func (b *builder) currentMonth() string {
	now := b.o.now().In(beijing)
	return MonthOf(now.Year(), now.Month()).first.Format(time.DateOnly)
}

// chargeScope decides which months to charge anew.
func (b *builder) chargeScope(ctx context.Context) error {
	tables, err := b.texts(ctx, "select coalesce(string_agg(name || ' ' || sha256, ' ' order by name), '') from raw.input_tables")
	if err != nil {
		return err
	}
	was, err := b.meta(ctx, "built_with_tables")
	if err != nil {
		return err
	}
	b.tables = tables[0]
	b.newTables = was != b.tables
	b.charged = b.months
	if err := b.accountMonths(ctx); err != nil {
		return err
	}
	for _, name := range changedTables(was, b.tables) {
		if err := b.because(ctx, name+"_table", "select month from raw.closings"); err != nil {
			return err
		}
	}
	if b.newTables && !b.fresh {
		if err := b.alsoCharge(ctx, "select month from rated.number_use union select month from calls.duplicates "+
			"union select month from calls.number_history union select month from raw.bill_file_months"); err != nil {
			return err
		}
	}
	if b.o.rules.SettleBy == "answer" {
		// A call that ends on the 1st can be settled in the month before.
		const before = "select month_of(beijing(fwd_answer_utc_at)) from raw.fee_records " +
			"where month in (select month from raw.build_scope where month > undated()) and fwd_answer_utc_at is not null"
		return errors.Join(b.because(ctx, "late_records", before), b.alsoCharge(ctx, before))
	}
	return nil
}

// accountMonths also charges the months that came to the account since the last
// build, or left it, without a record of their own: they pay rent.
func (b *builder) accountMonths(ctx context.Context) error {
	now, err := b.o.readSQL("scope/account_months.sql")
	if err != nil {
		return err
	}
	if err := b.exec(ctx, "create or replace temp table account_months as "+now); err != nil {
		return err
	}
	changed := "select month from (from raw.account_months union all from temp.account_months) group by month having count(*) = 1"
	if b.all || b.fresh {
		changed = "from temp.account_months"
	}
	if err := b.alsoCharge(ctx, changed); err != nil {
		return err
	}
	return b.exec(ctx, "delete from raw.account_months", "insert into raw.account_months by name from temp.account_months", "drop table temp.account_months")
}

// changedTables names the tables whose hash differs between two lists of name
// and hash in turn.
func changedTables(was, is string) []string {
	read := func(list string) map[string]string {
		hashes := map[string]string{}
		words := strings.Fields(list)
		for i := 0; i+1 < len(words); i += 2 {
			hashes[words[i]] = words[i+1]
		}
		return hashes
	}
	before, now := read(was), read(is)
	var changed []string
	for _, name := range []string{"prices", "packages", "numbers"} { // the others charge nothing
		if before[name] != now[name] {
			changed = append(changed, name)
		}
	}
	return changed
}

// because notes why the months a query gives are charged anew.
func (b *builder) because(ctx context.Context, cause, query string) error {
	return b.exec(ctx, "insert into raw.build_causes select distinct month, "+quote(cause)+" from ("+query+") as more (month) "+
		"where "+notPruned+" and (month, "+quote(cause)+") not in (select month, cause from raw.build_causes)")
}

// redrawn adds the months that a package covers otherwise than when they were
// last settled: a late file of one month changes what is left for the next.
func (b *builder) redrawn(ctx context.Context) error {
	if b.fresh {
		return nil
	}
	const changed = `select month
		from (select month, item, hour_at, sum(package_quantity) as quantity from settled.hours where item in ('call', 'sms_virtual') group by month, item, hour_at) as was
		full join (select item, hour_at, sum(drawn_quantity) as quantity from drawn.package_hours group by item, hour_at) as now using (item, hour_at)
		where coalesce(was.quantity, 0) <> coalesce(now.quantity, 0) and month is not null`
	err := b.because(ctx, "packages_drawn_otherwise", "select month from ("+changed+") as changed where month not in (select month from raw.build_causes)")
	return errors.Join(err, b.alsoCharge(ctx, changed))
}

// alsoCharge adds the months a query gives to those charged anew.
func (b *builder) alsoCharge(ctx context.Context, query string) error {
	more, err := b.texts(ctx, "select distinct cast(month as varchar) from ("+query+") as more (month) where "+notPruned)
	if err != nil {
		return err
	}
	b.charged = append(slices.Clone(b.charged), more...)
	slices.Sort(b.charged)
	b.charged = slices.Compact(b.charged)
	return nil
}

// straddles notes which months share a call since the last build: versions of
// one record that fall in two months, or a session's events around midnight.
func (b *builder) straddles(ctx context.Context) error {
	last, err := b.meta(ctx, "built_to_file")
	if err != nil {
		return err
	}
	id, _ := strconv.ParseInt(last, 10, 64) // empty before the first build: all files are new
	if err := b.conn.QueryRowContext(ctx, "select coalesce(max(file_id), 0) > ? from raw.files", id).Scan(&b.newFiles); err != nil {
		return err
	}
	if err := b.exec(ctx, fmt.Sprintf("set variable built_to_file = %d", id)); err != nil {
		return err
	}
	if err := b.link(ctx, "straddling_sessions"); err != nil || b.fresh {
		return err // all months are built, and their copies tell the rest: see foundation
	}
	changed, err := b.o.readSQL("scope/changed_records.sql")
	if err != nil {
		return err
	}
	if err := b.exec(ctx, "create or replace temp table changed_records as "+changed); err != nil {
		return err
	}
	return b.linkVersions(ctx, "changed_records")
}

// linkVersions adds the pairs of months that share a call among the records given.
func (b *builder) linkVersions(ctx context.Context, records string) error {
	if err := b.exec(ctx, "create or replace temp view versions as select call_id, month from "+records); err != nil {
		return err
	}
	return b.link(ctx, "straddling_records")
}

// link adds the pairs of months that a query of sql/scope finds.
func (b *builder) link(ctx context.Context, name string) error {
	q, err := b.o.readSQL("scope/" + name + ".sql")
	if err != nil {
		return err
	}
	return b.exec(ctx, "insert into raw.straddles select * from ("+q+") except select * from raw.straddles")
}

// widenScope adds months linked by straddles until none is missing. Before the
// first build all months are in it anyway.
func (b *builder) widenScope(ctx context.Context) error {
	for !b.fresh {
		r, err := b.conn.ExecContext(ctx, `insert into raw.build_scope
			select distinct other_month
			from raw.straddles
			where month in (select month from raw.build_scope)
				and other_month not in (select month from raw.build_scope union all select month from raw.pruned_months)`)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err
		}
	}
	return nil
}
