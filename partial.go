package xtally

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A night brings a day's records, and to make a month anew would be to make all its calls
// again. So of a month that was built before, the models with a row per call (made by: call)
// make those of which a record came, the books (made by: file) the files that hold one, and
// hours and charges (made by: day of …) the days on which they can differ. What reads nothing
// but bills and tables by hand (changes with: …) is left alone where these are as they were,
// and what is of billed months (only with: bills) where there is no bill. All else is summed
// up anew for the month.

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
		if b.days, err = b.scoped(ctx, "changed_days", "select cast(date as varchar) from (%s) order by date"); err != nil {
			return err
		}
		one := strconv.Itoa(mostFiles + 1) // more than that need not be known
		if b.files, err = b.scoped(ctx, "changed_files", "select cast(file_id as varchar) from (%s) limit "+one); err != nil {
			return err
		}
	}
	whole := b.wholeOf(b.months)
	if err := b.fillUp(ctx, len(whole) > 0); err != nil {
		return err
	}
	if err := b.giveRecords(ctx, among(whole), b.partial); err != nil {
		return err
	}
	return b.numberRoutes(ctx, whole)
}

// scoped asks a query of sql/scope.
func (b *builder) scoped(ctx context.Context, name, ask string) ([]string, error) {
	q, err := b.o.readSQL("scope/" + name + ".sql")
	if err != nil {
		return nil, err
	}
	return b.texts(ctx, fmt.Sprintf(ask, q))
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
	records := "select * from staging.fee_records where "
	// The files first: most row groups hold none of them.
	changed := records + among(partial) + " and file_id in (select file_id from changed_records) and call_id in (select call_id from changed_records)"
	switch { // each part costs the models that read it a third of their planning
	case len(partial) == 0:
		records += whole
	case whole == among(nil):
		records = changed
	default:
		records += whole + " union all " + changed
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

// compareSteady finds which of the tables that most nights leave as they are have changed
// since the last build.
func (b *builder) compareSteady(ctx context.Context) error {
	was, err := b.meta(ctx, "steady_tables")
	if err != nil {
		return err
	}
	prints, err := b.scoped(ctx, "steady_tables", "select name || ' ' || print from (%s) order by name")
	if err != nil {
		return err
	}
	for _, p := range prints {
		if !slices.Contains(strings.Split(was, "\n"), p) {
			name, _, _ := strings.Cut(p, " ")
			b.changed = append(b.changed, name)
		}
	}
	if b.billed, err = b.texts(ctx, "select distinct cast(month as varchar) from raw.bill_file_months"); err != nil {
		return err
	}
	return b.setMeta(ctx, "steady_tables", strings.Join(prints, "\n"))
}

// isAsItWas tells whether a model is what the last build left: where nothing that it reads
// has changed, or where it has rows of months with a bill only, and these never had one.
func (b *builder) isAsItWas(m model, months []string) bool {
	if b.fresh || b.all {
		return false
	}
	hasChanged := func(name string) bool { return slices.Contains(b.changed, name) }
	hasBill := func(month string) bool { return slices.Contains(b.billed, month) }
	return m.layer == "seeds" ||
		len(m.changesWith) > 0 && !slices.ContainsFunc(m.changesWith, hasChanged) ||
		m.onlyBilled && !hasChanged("bills") && !slices.ContainsFunc(months, hasBill)
}

// mostFiles is how many files a condition lists. A list is carried under a sum, a subquery
// is not; where a night brings more of them, their months are summed up whole.
const mostFiles = 1000

// those is the condition that a row is one of those made anew.
func (b *builder) those(m model, months []string) string {
	whole := b.wholeOf(months)
	changed := ""
	switch {
	case len(whole) == len(months):
	case m.byFile && len(b.files) > mostFiles:
	case m.byFile && len(b.files) == 0:
		changed = "false"
	case m.byFile:
		changed = "file_id in (" + strings.Join(b.files, ", ") + ")"
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

// makeAndCompare replaces rows where some come out otherwise than they are, and adds their
// days to those that the models behind make anew: a late call moves a package's minutes on
// days that it is not of.
func (b *builder) makeAndCompare(ctx context.Context, m model, those string) error {
	before := "select * from " + m.relation() + " where " + those
	if err := b.exec(ctx, "create or replace temp table made as select * from ("+m.query+") where "+those); err != nil {
		return err
	}
	moved, err := b.texts(ctx, "select distinct cast(day_of("+m.moves+") as varchar) from ((("+before+") except from made) union all (from made except ("+before+")))")
	if err != nil {
		return err
	}
	if len(moved) == 0 {
		return b.exec(ctx, "drop table temp.made") // they are there as they are
	}
	b.days = append(b.days, moved...)
	slices.Sort(b.days)
	b.days = slices.Compact(b.days)
	return b.exec(ctx, "delete from "+m.relation()+" where "+those, "insert into "+m.relation()+" by name from made", "drop table temp.made")
}
