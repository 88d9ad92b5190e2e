package xtally

import (
	"context"
	"database/sql"

	"github.com/xtally/xtally/ingest"
)

// Tables are the tables people keep by hand, each a csv or xlsx file; empty
// for none.
type Tables = ingest.Tables

// TableError says where in a table something is wrong and what to do about it.
type TableError = ingest.TableError

// InputTable is a table that was read.
type InputTable struct {
	Name   string `json:"name"` // prices, packages, numbers, complaints, stats or bill_items
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
}

// LoadTables reads the tables people keep by hand. Each replaces what was read
// of its kind before, and a table not named is emptied, so that charges rest on
// the tables given and on nothing else. Dates are Beijing wall clock, intervals
// hold from valid_from until just before valid_to.
//
// A table with an error changes nothing. All errors found are returned joined,
// each a [*TableError].
func (t *Tally) LoadTables(ctx context.Context, tables Tables) error {
	return ingest.LoadTables(ctx, t.conn, t.o.sql, t.temp, tables)
}

// InputTables lists the tables that LoadTables read last, by name.
func (t *Tally) InputTables(ctx context.Context) ([]InputTable, error) {
	return collect(ctx, t, func(r *sql.Rows, i *InputTable) error { return r.Scan(&i.Name, &i.File, &i.SHA256, &i.Rows) },
		"select name, file, sha256, row_count from raw.input_tables order by name")
}
