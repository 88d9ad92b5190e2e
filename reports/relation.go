package reports

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// column is one column of a report: its name there and how to get it in SQL.
type column struct {
	name string
	sql  string // value, masked if it must be; relation alias t
	typ  string // type in DuckDB
	kind kind
}

// relation is a report as the database has it, cut to a month.
type relation struct {
	Report
	columns []column
	source  string // what is selected from
	where   string
	orderBy string
}

// describe asks the database for the columns of marts.NAME and settles language,
// masking, month and order.
func describe(ctx context.Context, db Queryer, r Report, o Options) (relation, error) {
	if r.Across != nil {
		return r.across(ctx, db, o)
	}
	found, err := describeColumns(ctx, db, r.Name)
	if err != nil {
		return relation{}, fmt.Errorf("report %s: %w", r.Name, err)
	}
	types := typesOf(found)
	return relation{
		Report:  r,
		columns: r.reported(found, types, o),
		source:  "marts." + quoteName(r.Name),
		where:   periodFilter(types, o),
		orderBy: orderTerms(r.OrderBy, found),
	}, nil
}

func typesOf(found []column) map[string]string {
	types := make(map[string]string, len(found))
	for _, c := range found {
		types[c.name] = c.typ
	}
	return types
}

// across sets the months of a period beside each other: a row per value of a column,
// a column per month, and the sum of them.
func (r Report) across(ctx context.Context, db Queryer, o Options) (relation, error) {
	of, err := describe(ctx, db, Report{Name: r.Across.Of}, o)
	if err != nil {
		return relation{}, err
	}
	row, okRow := of.column(r.Across.Row)
	sum, okSum := of.column(r.Across.Sum)
	if !okRow || !okSum {
		return relation{}, fmt.Errorf("report %s: %s has no %s or no %s", r.Name, r.Across.Of, r.Across.Row, r.Across.Sum)
	}
	list := []string{row.sql + " as " + quoteName(row.name)}
	columns := []column{{name: row.name, sql: "t." + quoteName(row.name), typ: row.typ, kind: row.kind}}
	add := func(name, sql string) {
		list = append(list, "cast(sum("+sql+") as "+sum.typ+") as "+quoteName(name))
		columns = append(columns, column{name: name, sql: "t." + quoteName(name), typ: sum.typ, kind: sum.kind})
	}
	for _, m := range o.months() {
		add(m.Format("2006-01"), "case when t.month = date '"+m.Format("2006-01-02")+"' then "+sum.sql+" end")
	}
	add(sum.name, sum.sql)
	return relation{
		Report:  r,
		columns: columns,
		source:  "(select " + strings.Join(list, ", ") + of.from() + " group by " + row.sql + ")",
		where:   "true",
		orderBy: "t." + quoteName(sum.name) + " desc nulls last, t." + quoteName(row.name) + " nulls last",
	}, nil
}

// describeColumns returns name and type of the columns of marts.name.
func describeColumns(ctx context.Context, db Queryer, name string) ([]column, error) {
	rows, err := db.QueryContext(ctx, "describe marts."+quoteName(name))
	if err != nil {
		return nil, err
	}
	var found []column
	err = eachRow(rows, func(row []sql.NullString) error {
		found = append(found, column{name: row[0].String, typ: row[1].String})
		return nil
	})
	return found, err
}

// reported turns the columns found into those written.
func (r Report) reported(found []column, types map[string]string, o Options) []column {
	var columns []column
	seen := make(map[string]bool)
	for _, c := range found {
		if c.name == "month_from" || c.name == "month_to" {
			continue
		}
		sql := "t." + quoteName(c.name)
		if base, ok := languagePair(c.name, types); ok {
			c.name, sql = base, inLanguage(base, o.Lang)
		}
		if seen[c.name] {
			continue
		}
		seen[c.name] = true
		c.sql = sql
		c.kind = kindOf(c.name, c.typ)
		switch {
		case o.Unmask:
		case isPersonal(c.name):
			c.sql = mask(c.sql)
		case c.name == "session_id" && !r.FullSessions:
			c.sql = maskSession(c.sql)
		}
		columns = append(columns, c)
		if isPersonal(c.name) && !o.Unmask && o.NumberKey != "" {
			columns = append(columns, column{
				name: strings.TrimSuffix(c.name, "_number") + "_key", typ: "VARCHAR", kind: kindOf("key", "VARCHAR"),
				sql: numberKey(sql, o.NumberKey),
			})
		}
	}
	return columns
}

// inLanguage returns the SQL of a pair's text in the language.
func inLanguage(base string, lang Lang) string {
	zh, en := "t."+quoteName(base+"_zh"), "t."+quoteName(base+"_en")
	switch lang {
	case EN:
		return en
	case Both:
		return "(case when " + zh + " = " + en + " then " + zh + " else concat_ws(' ', nullif(" + zh + ", ''), nullif(" + en + ", '')) end)"
	}
	return zh
}

// languagePair returns reason for reason_zh and reason_en when both are there.
func languagePair(name string, types map[string]string) (base string, ok bool) {
	base, isZH := strings.CutSuffix(name, "_zh")
	if !isZH {
		if base, ok = strings.CutSuffix(name, "_en"); !ok {
			return "", false
		}
	}
	return base, types[base+"_zh"] != "" && types[base+"_en"] != ""
}

// orderTerms qualifies the order of the catalogue; without one it is by all
// columns. Nulls come last whatever the session says.
func orderTerms(orderBy string, found []column) string {
	var terms []string
	for _, term := range strings.Split(orderBy, ",") {
		name, desc, _ := strings.Cut(strings.TrimSpace(term), " ")
		if name != "" {
			terms = append(terms, "t."+quoteName(name)+" "+desc+" nulls last")
		}
	}
	if len(terms) == 0 {
		for _, c := range found {
			terms = append(terms, "t."+quoteName(c.name)+" nulls last")
		}
	}
	return strings.Join(terms, ", ")
}

// from returns the from and where clauses.
func (r relation) from() string {
	return " from " + r.source + " as t where " + r.where
}

// query returns the ordered select of one expression per column.
func (r relation) query(expression func(i int, c column) string) string {
	list := make([]string, len(r.columns))
	for i, c := range r.columns {
		list[i] = expression(i, c)
	}
	return "select " + strings.Join(list, ", ") + r.from() + " order by " + r.orderBy
}

// column returns the column of that name.
func (r relation) column(name string) (column, bool) {
	for _, c := range r.columns {
		if c.name == name {
			return c, true
		}
	}
	return column{}, false
}

// eachRow calls fn with the text of every value and closes rows. The slice is
// reused from row to row.
func eachRow(rows *sql.Rows, fn func([]sql.NullString) error) error {
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]sql.NullString, len(names))
	targets := make([]any, len(names))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if err := fn(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// quoteName quotes an identifier.
func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// quoteText quotes a text literal.
func quoteText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
