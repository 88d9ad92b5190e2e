package ingest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Tables are the tables people keep by hand, each a csv or xlsx file; empty
// for none. Their columns are described with the flags of the same names.
type Tables struct {
	Prices     string // what a call, SMS and number costs, and when
	Packages   string // minutes and SMS bought in advance
	Numbers    string // X numbers with kind, app and dates
	Complaints string // complaints as the vendor mailed them
	Stats      string // calls per day as the vendor's console counts them
	BillItems  string // which item the names in the vendor's bill mean
}

// TableError says where in a table something is wrong, and what to do.
type TableError struct {
	Table string // prices, packages, numbers, complaints, stats, bill_items or bill
	File  string // path as given
	Sheet string // of a workbook
	Line  int    // 0 when the file as a whole is meant
	Err   error
}

func (e *TableError) Error() string {
	place := e.File
	if e.Sheet != "" {
		place += ":" + e.Sheet
	}
	if e.Line > 0 {
		return fmt.Sprintf("%s %s:%d: %v", e.Table, place, e.Line, e.Err)
	}
	return fmt.Sprintf("%s %s: %v", e.Table, place, e.Err)
}

func (e *TableError) Unwrap() error { return e.Err }

// maxTableErrors is how many errors of one table are told.
const maxTableErrors = 20

// table is one of the tables: its columns as people write them and its place
// in raw. sql/ingest/<relation>.sql says what a row means and what is wrong
// with it.
type table struct {
	name     string
	relation string
	columns  []column
	path     func(Tables) string
}

// LoadTables replaces the raw tables of all hand-kept tables in one
// transaction: with the rows of the file given, or with none. On a
// [*TableError], several of them joined, everything is left as it was.
func LoadTables(ctx context.Context, conn *sql.Conn, models fs.FS, tempDir string, tables Tables) (err error) {
	// A context that ends while this runs must not leave a transaction behind.
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), "begin transaction"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			conn.ExecContext(context.WithoutCancel(ctx), "rollback")
		}
		err = whyStopped(ctx, err)
	}()
	if err := ReplaceTables(ctx, conn, models, tempDir, tables); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "commit")
	return err
}

// ReplaceTables is LoadTables within the transaction that the caller has begun
// on conn, and that he has to roll back on error.
func ReplaceTables(ctx context.Context, conn *sql.Conn, models fs.FS, tempDir string, tables Tables) error {
	l := &tableLoader{ctx, conn, models, tempDir}
	if err := l.exec("delete from raw.input_tables"); err != nil {
		return err
	}
	var failed []error
	for _, t := range handTables() {
		err := l.exec("delete from raw." + t.relation)
		if path := t.path(tables); path != "" && err == nil {
			err = l.load(t, path)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

type tableLoader struct {
	ctx     context.Context
	conn    *sql.Conn
	models  fs.FS
	tempDir string
}

// load reads one table, lets SQL judge its rows, and keeps them if all are well.
func (l *tableLoader) load(t table, path string) error {
	at := func(sheet string, line int, err error) error { return &TableError{t.name, path, sheet, line, err} }
	sum, err := fileSum(path)
	if err != nil {
		return at("", 0, err)
	}
	s, err := openSheet(path, l.tempDir, func(headings []string) bool {
		_, problems := bind(t.columns, headings)
		return len(problems) == 0
	})
	if err != nil {
		return at("", 0, err)
	}
	defer s.close()
	rows, err := t.readRows(s, at)
	if err != nil {
		return err
	}
	if err := l.stage(t, rows); err != nil {
		return err
	}
	if err := l.judge(t, s, at); err != nil {
		return err
	}
	return l.exec("insert into raw."+t.relation+" by name select * exclude (problems) from judged",
		"insert into raw.input_tables (name, file, sha256, row_count) values ("+
			quote(t.name)+", "+quote(filepath.Base(path))+", "+quote(sum)+fmt.Sprintf(", %d)", len(rows)))
}

// readRows reads all rows with text under the table's headings. Every one
// becomes a row or an error.
func (t table) readRows(s *sheet, at func(string, int, error) error) ([]map[string]any, error) {
	headings, err := s.next()
	if err == io.EOF {
		return nil, at(s.name, 0, fmt.Errorf("has no row; the first row must hold the headings, known are %s", known(t.columns)))
	}
	if err != nil {
		return nil, at(s.name, s.line, err)
	}
	places, problems := bind(t.columns, headings)
	var failed []error
	for _, p := range problems {
		failed = append(failed, at(s.name, s.line, errors.New(p)))
	}
	rows := []map[string]any{}
	for len(problems) == 0 {
		cells, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			failed = append(failed, at(s.name, s.line, err))
			break
		}
		row, err := t.row(s, places, cells)
		if err != nil && len(failed) < maxTableErrors {
			failed = append(failed, at(s.name, s.line, err))
		}
		rows = append(rows, row)
	}
	return rows, errors.Join(failed...)
}

// row puts the cells under their columns.
func (t table) row(s *sheet, places []int, cells []string) (map[string]any, error) {
	row := map[string]any{"line": s.line}
	for i, text := range cells {
		switch {
		case text == "":
		case i >= len(places):
			return row, fmt.Errorf("has %d cells under %d headings; quote a cell that holds the delimiter", len(cells), len(places))
		case places[i] < 0:
			return row, fmt.Errorf("%q stands in column %d, which has no heading; give it one or clear the cell", shorten(text), i+1)
		default:
			c := t.columns[places[i]]
			if s.isXLSX {
				text = cellText(c.kind, text, s.date1904)
			}
			row[c.name] = text
		}
	}
	return row, nil
}

// stageRows is how many rows are handed over to the database at once.
const stageRows = 5000

// stage puts the rows as text into the temporary table given, and what SQL
// makes of them into judged.
func (l *tableLoader) stage(t table, rows []map[string]any) error {
	types := []string{`"line":"integer"`}
	names := []string{"line integer"}
	for _, c := range t.columns {
		types = append(types, `"`+c.name+`":"varchar"`)
		names = append(names, c.name+" varchar")
	}
	if err := l.exec("create or replace temp table given (" + strings.Join(names, ", ") + ")"); err != nil {
		return err
	}
	insert := "insert into given by name select unnest(from_json(?::json, '[{" + strings.Join(types, ",") + "}]'), max_depth := 2)"
	for len(rows) > 0 {
		n := min(len(rows), stageRows)
		part, err := json.Marshal(rows[:n])
		if err != nil {
			return err
		}
		if _, err := l.conn.ExecContext(l.ctx, insert, string(part)); err != nil {
			return fmt.Errorf("load %s: %w", t.name, err)
		}
		rows = rows[n:]
	}
	judge, err := fs.ReadFile(l.models, "ingest/"+t.relation+".sql")
	if err != nil {
		return err
	}
	if err := l.exec("create or replace temp table judged as " + string(judge)); err != nil {
		return fmt.Errorf("load %s: %w", t.name, err)
	}
	return nil
}

// judge returns the problems SQL found, by line.
func (l *tableLoader) judge(t table, s *sheet, at func(string, int, error) error) error {
	rows, err := l.conn.QueryContext(l.ctx, "select line, unnest(problems) as problem from judged order by line")
	if err != nil {
		return err
	}
	defer rows.Close()
	var failed []error
	more := 0
	for rows.Next() {
		var line int
		var problem string
		if err := rows.Scan(&line, &problem); err != nil {
			return err
		}
		if len(failed) == maxTableErrors {
			more++
			continue
		}
		failed = append(failed, at(s.name, line, errors.New(problem)))
	}
	if more > 0 {
		failed = append(failed, at(s.name, 0, fmt.Errorf("%d more errors; correct these first", more)))
	}
	return errors.Join(append(failed, rows.Err())...)
}

func (l *tableLoader) exec(statements ...string) error {
	for _, s := range statements {
		if _, err := l.conn.ExecContext(l.ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// fileSum is the sha256 of a file's bytes.
func fileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%w; check the path", reason(err))
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("%w; want a csv or xlsx file", reason(err))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
