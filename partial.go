package xtally

import (
	"context"
	"slices"
)

// A night brings a day's records, and to make a month anew would be to make all its calls
// again. So of a month that was built before, the models with a row per call (made by: call)
// make those of which a record came, and the charges (made by: day of …) the days on which
// they can differ. All else is summed up anew for the month.

// narrow decides of which months only a part is made, and gives the models the records
// to make calls of. It is no month when everything is made, or when prices or numbers
// changed, which hold for all days; and none whose routes have no numbers yet.
func (b *builder) narrow(ctx context.Context) (err error) {
	if !b.all && !b.fresh && !b.newTables {
		if b.partial, err = b.texts(ctx, "select cast(month as varchar) from raw.build_scope where month in (select month from raw.routes) order by month"); err != nil {
			return err
		}
	}
	if len(b.partial) > 0 {
		days, err := b.o.readSQL("scope/changed_days.sql")
		if err != nil {
			return err
		}
		if b.days, err = b.texts(ctx, "select cast(date as varchar) from ("+days+") order by date"); err != nil {
			return err
		}
	}
	whole := b.wholeOf(b.months)
	if err := b.giveRecords(ctx, among(whole), b.partial); err != nil {
		return err
	}
	return b.numberRoutes(ctx, whole)
}

// wholeOf leaves out the months of which only a part is made.
func (b *builder) wholeOf(months []string) []string {
	return slices.DeleteFunc(slices.Clone(months), func(m string) bool { return slices.Contains(b.partial, m) })
}

// partOf leaves out the months that are made whole.
func (b *builder) partOf(months []string) []string {
	return slices.DeleteFunc(slices.Clone(months), func(m string) bool { return !slices.Contains(b.partial, m) })
}

// giveRecords is what models read where they make calls: all records of some months, and
// of others those of the calls that changed.
func (t *Tally) giveRecords(ctx context.Context, whole string, partial []string) error {
	records := "select * from staging.fee_records where " + whole
	if len(partial) > 0 {
		// The files first: most row groups hold none of them.
		records += " union all select * from staging.fee_records where " + among(partial) +
			" and file_id in (select file_id from changed_records) and call_id in (select call_id from changed_records)"
	}
	return t.exec(ctx, "create or replace temp view records_to_make as "+records)
}

// numberRoutes gives the routes that are new a number: all those of a month made whole.
func (b *builder) numberRoutes(ctx context.Context, whole []string) error {
	routes, err := b.o.readSQL("scope/new_routes.sql")
	if err != nil {
		return err
	}
	return b.exec(ctx, "delete from raw.routes where "+among(whole), "insert into raw.routes by name "+routes)
}

// those is the condition that a row is one of those made anew.
func (b *builder) those(m model, months []string) string {
	whole := b.wholeOf(months)
	changed := ""
	switch {
	case len(whole) == len(months):
	case m.byCall:
		changed = "call_id in (select call_id from changed_records)"
	case m.day != "" && len(b.days) == 0:
		changed = "false"
	case m.day != "":
		changed = "day_of(" + m.day + ") in (" + dates(b.days) + ")"
	}
	if changed == "" {
		return among(months)
	}
	changed = among(b.partOf(months)) + " and " + changed
	if len(whole) == 0 {
		return changed
	}
	return "(" + among(whole) + " or " + changed + ")"
}

// makeDays makes the days anew on which a model can differ, and tells it the first of
// them (see the macro made_from), unless a month is made whole beside them.
func (b *builder) makeDays(ctx context.Context, m model, months []string, those string) error {
	if len(b.wholeOf(months)) > 0 || len(b.days) == 0 {
		return b.replace(ctx, m, those)
	}
	if err := b.exec(ctx, "set variable made_from = "+dates(b.days[:1])); err != nil {
		return err
	}
	if err := b.replace(ctx, m, those); err != nil {
		return err // the next builder forgets the day: no statement runs in a transaction that failed
	}
	return b.exec(ctx, forgetDay)
}

// forgetDay makes models for all days again.
const forgetDay = "reset variable made_from"

// makeAndCompare replaces rows, and adds the days of which some came out otherwise to
// those that the models behind make anew: a late call moves a package's minutes on days
// that it is not of.
func (b *builder) makeAndCompare(ctx context.Context, m model, those string) error {
	before := "select * from " + m.relation() + " where " + those
	if err := b.exec(ctx, "create or replace temp table made as select * from ("+m.query+") where "+those); err != nil {
		return err
	}
	moved, err := b.texts(ctx, "select distinct cast(day_of("+m.moves+") as varchar) from ((("+before+") except from made) union all (from made except ("+before+")))")
	if err != nil {
		return err
	}
	b.days = append(b.days, moved...)
	slices.Sort(b.days)
	b.days = slices.Compact(b.days)
	return b.exec(ctx, "delete from "+m.relation()+" where "+those, "insert into "+m.relation()+" by name from made", "drop table temp.made")
}
