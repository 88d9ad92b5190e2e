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
	where   string
	orderBy string
}

// describe asks the database for the columns of marts.NAME and settles language,
// masking, month and order.
func describe(ctx context.Context, db Queryer, r Report, o Options) (relation, error) {
	found, err := describeColumns(ctx, db, r.Name)
	if err != nil {
		return relation{}, fmt.Errorf("report %s: %w", r.Name, err)
	}
	types := make(map[string]string, len(found))
	for _, c := range found {
		types[c.name] = c.typ
	}
	return relation{
		Report:  r,
		columns: r.reported(found, types, o),
		where:   monthFilter(types, o),
		orderBy: orderTerms(r.OrderBy, found),
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
		source := c.name
		if base, ok := languagePair(c.name, types); ok {
			c.name, source = base, base+"_"+string(o.Lang)
		}
		if seen[c.name] {
			continue
		}
		seen[c.name] = true
		c.sql = "t." + quoteName(source)
		c.kind = kindOf(c.name, c.typ)
		switch {
		case o.Unmask:
		case isPersonal(c.name):
			c.sql = mask(c.sql)
		case c.name == "session_id" && !r.FullSessions:
			c.sql = maskSession(c.sql)
		}
		columns = append(columns, c)
		if isPersonal(c.name) && o.NumberKey != "" {
			columns = append(columns, column{
				name: strings.TrimSuffix(c.name, "_number") + "_key", typ: "VARCHAR", kind: kindOf("key", "VARCHAR"),
				sql: numberKey("t."+quoteName(source), o.NumberKey),
			})
		}
	}
	return columns
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

// monthFilter returns the predicate that cuts a relation with these columns to
// the bill month; intervals are from ≤ x < to.
func monthFilter(types map[string]string, o Options) string {
	from, to := o.bounds()
	switch {
	case types["month"] != "":
		return "t.month = " + from
	case types["date"] != "":
		return "t.date >= " + from + " and t.date < " + to
	case types["hour_at"] != "":
		return "t.hour_at >= " + from + " and t.hour_at < " + to
	case types["month_from"] != "" && types["month_to"] != "":
		return "coalesce(t.month_from <= " + from + ", true) and coalesce(t.month_to >= " + from + ", true)"
	}
	return "true"
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
	return " from marts." + quoteName(r.Name) + " as t where " + r.where
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
