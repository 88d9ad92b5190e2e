package reports

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// figure is one value of the summary, as text, with what is needed to show it.
type figure struct {
	column
	text string
}

// figures holds what the summary tells: single ones by name, lists under rows.
type figures struct {
	single map[string]figure
	rows   map[string][][]figure
}

// ask is one query of the summary: named SQL expressions over a report of the month.
type ask struct {
	report      string
	expressions []expression
	by          string // column to sum the others by, before anything else
	after       string // order and offset: ask only of the rows from there on
	tail        string // group by, order by, limit
}

// expression is a name, which decides how the value looks, and its SQL.
// Without SQL it is the report's column of that name.
type expression struct{ name, sql string }

// gather asks for all figures of the summary.
func gather(ctx context.Context, db Queryer, o Options) (figures, error) {
	f := figures{single: make(map[string]figure), rows: make(map[string][][]figure)}
	charges := sums("call_count", "answered_count", "billed_min", "package_min", "list_charge_cny",
		"call_charge_cny", "sms_charge_cny", "total_cny")
	if !o.isDays() { // rent belongs to the month
		charges = append(charges, sums("rent_cny")...)
	}
	for _, a := range []ask{
		{report: o.charges(), expressions: append(charges,
			expression{"unanswered_count", sumOf("t.call_count - t.answered_count")})},
		{report: "files", expressions: append(
			sums("lines", "records", "calls", "duplicates", "conflicts", "rejected_records", "rejects"),
			expression{"files", "count(*)"})},
		{report: "conflicts", expressions: []expression{{"conflicting", "count(*)"}}},
	} {
		rows, err := a.run(ctx, db, o)
		if err != nil {
			return f, err
		}
		for i, e := range a.expressions {
			f.single[e.name] = rows[0][i]
		}
	}
	return f, f.gatherLists(ctx, db, o)
}

// gatherLists asks for the lists of the summary.
func (f figures) gatherLists(ctx context.Context, db Queryer, o Options) (err error) {
	const order = "order by t.total_cny desc nulls last, t.app_key nulls last"
	amounts := []string{"total_cny", "call_count", "answered_count", "billed_min"}
	apps := []expression{{name: "app_key"}}
	for _, name := range amounts {
		apps = append(apps, expression{name: name})
	}
	for _, list := range []struct {
		name string
		ask  ask
	}{
		{"apps", ask{report: o.charges(), by: "app_key", expressions: apps, tail: order + " limit 10"}},
		{"other apps", ask{report: o.charges(), by: "app_key", expressions: append([]expression{{"app_key", "count(*)"}}, sums(amounts...)...), after: order + " offset 10"}},
		{"rejects", ask{report: "rejects", expressions: []expression{{name: "reason"}, {"rejects", "count(*)"}}, tail: "group by 1 order by count(*) desc, 1"}},
	} {
		if f.rows[list.name], err = list.ask.run(ctx, db, o); err != nil {
			return err
		}
	}
	return nil
}

// sums returns expressions summing these columns.
func sums(names ...string) []expression {
	list := make([]expression, len(names))
	for i, name := range names {
		list[i] = expression{name, sumOf("t." + quoteName(name))}
	}
	return list
}

// sumOf returns the SQL of a sum that is 0 over no rows; null stays for what was
// not computed in any row.
func sumOf(sql string) string { return "case when count(*) = 0 then 0 else sum(" + sql + ") end" }

// run asks the database.
func (a ask) run(ctx context.Context, db Queryer, o Options) ([][]figure, error) {
	rel, err := describe(ctx, db, Report{Name: a.report}, o)
	if err != nil {
		return nil, err
	}
	columns, list := make([]column, len(a.expressions)), make([]string, len(a.expressions))
	for i, e := range a.expressions {
		c, ok := rel.column(e.name)
		if !ok {
			c = column{name: e.name, kind: kindNumber}
		}
		if e.sql != "" {
			c.sql = e.sql
		}
		columns[i], list[i] = c, "cast("+c.sql+" as varchar)"
	}
	from := rel.from()
	if a.by != "" {
		from = " from (select " + rel.summed(a.by, a.expressions) + from + " group by t." + quoteName(a.by) + ") as t"
	}
	if a.after != "" {
		from = " from (select t.*" + from + " " + a.after + ") as t"
	}
	rows, err := db.QueryContext(ctx, "select "+strings.Join(list, ", ")+from+" "+a.tail)
	if err != nil {
		return nil, fmt.Errorf("report %s: %w", a.report, err)
	}
	var answer [][]figure
	err = eachRow(rows, func(row []sql.NullString) error {
		line := make([]figure, len(row))
		for i, value := range row {
			line[i] = figure{columns[i], value.String}
			if !value.Valid && columns[i].kind != kindText {
				line[i] = textFigure(o.Lang.Pick("未计算", "not computed"))
			}
		}
		answer = append(answer, line)
		return nil
	})
	return answer, err
}

// summed returns the select list that sums the columns of the expressions by one.
func (r relation) summed(by string, expressions []expression) string {
	list := []string{"t." + quoteName(by)}
	for _, e := range expressions {
		if e.name != by {
			list = append(list, "sum(t."+quoteName(e.name)+") as "+quoteName(e.name))
		}
	}
	return strings.Join(list, ", ")
}

// grouped returns a single figure with commas between the thousands.
func (f figures) grouped(name string) string {
	one := f.single[name]
	if one.kind == kindText {
		return one.text
	}
	return grouped(one.text)
}

// textFigure returns a figure that is words.
func textFigure(text string) figure { return figure{column{kind: kindText}, text} }
