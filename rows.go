package xtally

import (
	"context"
	"database/sql"
)

// collect runs a query and has scan read each of its rows into a T. Without a row the
// list is empty, not nil: JSON shows [].
func collect[T any](ctx context.Context, t *Tally, scan func(*sql.Rows, *T) error, query string, args ...any) ([]T, error) {
	rows, err := t.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		var one T
		if err := scan(rows, &one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// texts reads one column of text, null as empty.
func (t *Tally) texts(ctx context.Context, query string) ([]string, error) {
	return collect(ctx, t, func(r *sql.Rows, text *string) error {
		row, err := textRow(r, 1)
		if err == nil {
			*text = row[0]
		}
		return err
	}, query)
}

// textRow reads a row of n text columns, null as empty.
func textRow(rows *sql.Rows, n int) ([]string, error) {
	cells := make([]sql.NullString, n)
	into := make([]any, n)
	for i := range cells {
		into[i] = &cells[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	texts := make([]string, n)
	for i, c := range cells {
		texts[i] = c.String
	}
	return texts, nil
}
