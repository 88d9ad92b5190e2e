// Package xtally charges the calls of Huawei Cloud's privacy-number service
// (隐私保护通话) from archives of its callbacks, and splits the account's bill by
// application (app_key) and X number.
//
// A host program needs ten lines:
//
//	t, err := xtally.Open(ctx, "calls.duckdb")
//	if err != nil {
//		return err
//	}
//	defer t.Close()
//	result, err := t.Run(ctx, xtally.Job{
//		Archive: []string{"/var/archive/callbacks"},
//		Month:   xtally.MonthOf(2026, time.October),
//		Out:     "reports",
//	})
//
// Run is [Tally.Load], [Tally.Build] and [Tally.Report] in a row; each can be
// called alone. Load reads archives into the raw tables and never reads the
// same content twice. Build turns raw rows into calls, charges and marts,
// month by month, proves keys and checks, and publishes all of it or nothing.
// Report writes CSV, Parquet and a workbook from the marts.
//
// The database is one DuckDB file. Its tables are the contract: schema marts
// is what reports show, and every model has its grain and key in the first
// lines of its file under sql/. Times are Beijing wall clock in columns ending
// in _at, money is DECIMAL, and nothing is ever rounded but cut, as the vendor
// does.
//
// The package holds no globals, reads no environment, prints nothing and never
// ends the process.
package xtally

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	_ "github.com/duckdb/duckdb-go/v2" // the database/sql driver "duckdb"

	"github.com/xtally/xtally/ingest"
)

// Version is the version of the package and the command.
const Version = "0.1.0"

// schemaVersion is raised when the raw tables change shape.
const schemaVersion = 4

// upgrades are the statements that make of the tables of a version those of the next.
var upgrades = map[int][]string{
	3: {
		"alter table raw.fee_records rename column icid to icid_rest",
		"alter table raw.fee_records add column icid_hex uuid",
		"alter table raw.fee_records rename column subscription_id to subscription_text",
		"alter table raw.fee_records add column subscription_uuid uuid",
	},
}

//go:embed sql
var embedded embed.FS

// Tally is an open database. Its methods must not run concurrently.
type Tally struct {
	db   *sql.DB
	conn *sql.Conn
	feed *ingest.Feed
	path string
	temp string // spool and spill folder, beside the database
	home string // the catalog the connection was of before
	o    options
}

// Open opens the database at path, creating it and its tables when missing.
// An empty path opens a database in memory, for tests and dry runs. The caller
// closes the Tally. Open a path only once within a process, and with [WithDB]
// one path per host's DuckDB.
//
// It returns [ErrLocked] when another process holds the file and [ErrTooNew]
// when a later version of xtally or DuckDB wrote it.
func Open(ctx context.Context, path string, opts ...Option) (*Tally, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	temp := path + ".tmp"
	if path == "" {
		if temp, err = os.MkdirTemp("", "xtally-*"); err != nil {
			return nil, err
		}
	} else if dir := filepath.Dir(path); !isDir(dir) {
		return nil, fmt.Errorf("open %s: folder %s is not there; create it or choose another --db", path, dir)
	}
	t := &Tally{path: path, temp: temp, o: o}
	if err := t.attach(ctx); err != nil {
		return nil, openError(path, err)
	}
	if err := t.prepare(ctx); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// attach opens the database under a name of our own: DuckDB would name it
// after the file, and calls.duckdb would hide the schema calls.
func (t *Tally) attach(ctx context.Context) (err error) {
	t.db = t.o.db
	if t.db == nil {
		if t.db, err = sql.Open("duckdb", ""); err != nil {
			return err
		}
	}
	if t.conn, err = t.db.Conn(ctx); err != nil {
		return errors.Join(err, t.closeDB())
	}
	err = t.conn.QueryRowContext(ctx, "select current_database()").Scan(&t.home)
	if err == nil {
		err = t.exec(ctx, "attach "+quote(cmp.Or(t.path, ":memory:"))+" as xtally", "use xtally")
	}
	if err == nil {
		t.feed, err = ingest.NewFeed(t.conn)
	}
	if err != nil {
		t.conn.Close()
		t.closeDB()
	}
	return err
}

// beside opens a second connection, which sees what is committed; the caller closes
// it. Of a host's DuckDB it is nil: the host may have limited its connections.
func (t *Tally) beside(ctx context.Context) (*sql.Conn, error) {
	if t.o.db != nil {
		return nil, nil
	}
	conn, err := t.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "use xtally"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// closeDB closes the DuckDB if it is ours.
func (t *Tally) closeDB() error {
	if t.o.db != nil {
		return nil
	}
	return t.db.Close()
}

// Close closes the database and removes its temporary folder.
func (t *Tally) Close() error {
	// Detaching writes out the log, so that one file is left.
	err := t.exec(context.Background(), "use "+quoteName(t.home), "detach xtally")
	err = errors.Join(err, t.conn.Close(), t.closeDB())
	os.RemoveAll(t.temp)
	return err
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// prepare sets limits, and creates what a new database lacks.
func (t *Tally) prepare(ctx context.Context) error {
	// Whatever an earlier process left there when it was killed is of no use:
	// the file lock says that nobody else works with it.
	os.RemoveAll(t.temp)
	if err := os.MkdirAll(t.temp, 0o700); err != nil {
		return fmt.Errorf("open %s: %w; give the folder write rights", t.path, err)
	}
	if err := t.refuseForeign(ctx); err != nil {
		return err
	}
	if err := t.setLimits(ctx); err != nil {
		return fmt.Errorf("open %s: %w", t.path, err)
	}
	if err := t.exec(ctx,
		"create schema if not exists raw",
		"create table if not exists raw.meta (name varchar primary key, value varchar)",
	); err != nil {
		return fmt.Errorf("open %s: %w", t.path, err)
	}
	if err := t.checkSchemaVersion(ctx); err != nil {
		return err
	}
	statements, err := t.creations()
	if err != nil {
		return err
	}
	// In one transaction, since to commit each of them takes longer than to make it.
	return t.transact(ctx, func() error {
		if err := t.createMacros(ctx); err != nil {
			return err
		}
		return t.exec(ctx, statements...)
	})
}

// createMacros makes the macros that models share, unless the database has
// these already: making them takes longer than all else of opening.
func (t *Tally) createMacros(ctx context.Context) error {
	macros, err := t.o.readSQL("macros.sql")
	if err != nil {
		return err
	}
	print := fmt.Sprintf("%x", sha256.Sum256([]byte(macros)))
	was, err := t.meta(ctx, "macros")
	if err != nil || was == print {
		return err
	}
	return errors.Join(t.exec(ctx, macros), t.setMeta(ctx, "macros", print))
}

// setLimits bounds a DuckDB of our own; a host's has the host's limits.
func (t *Tally) setLimits(ctx context.Context) error {
	limit := t.o.memoryLimit
	if limit == 0 && t.o.db == nil {
		limit = t.defaultMemory(ctx)
	}
	if limit != 0 {
		if err := t.exec(ctx, fmt.Sprintf("set memory_limit = '%dB'", limit)); err != nil {
			return err
		}
	}
	if t.o.db != nil {
		return nil
	}
	return t.exec(ctx, "set temp_directory = "+quote(t.temp), "set preserve_insertion_order = false",
		// By default five row groups a thread wait in memory and are compressed at
		// the end of a load; one at a time is half the memory, and done while reading.
		"set write_buffer_row_group_count = 1")
}

// creations returns the raw tables as statements.
func (t *Tally) creations() ([]string, error) {
	var statements []string
	files, err := fs.Glob(t.o.sql, "raw/*.sql")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		q, err := t.o.readSQL(f)
		if err != nil {
			return nil, err
		}
		statements = append(statements, q)
	}
	return statements, nil
}

func (t *Tally) checkSchemaVersion(ctx context.Context) error {
	was, err := t.meta(ctx, "schema_version")
	if err != nil {
		return err
	}
	if was == "" {
		return t.setMeta(ctx, "schema_version", strconv.Itoa(schemaVersion))
	}
	n, err := strconv.Atoi(was)
	switch {
	case err != nil || n > schemaVersion:
		return fmt.Errorf("open %s: %w: its tables are of version %s, this xtally knows %d; use the newer xtally", t.path, ErrTooNew, was, schemaVersion)
	case n < schemaVersion && upgrades[n] != nil:
		return t.upgrade(ctx, n)
	case n < schemaVersion:
		return fmt.Errorf("open %s: made by an older xtally (tables of version %s); load the archive into a new database, and keep this one for what was closed or claimed in it", t.path, was)
	}
	return nil
}

// upgrade brings the raw tables from a version to the present one. What is derived is
// made anew with the next build, since the models have changed too, and not read before.
func (t *Tally) upgrade(ctx context.Context, from int) error {
	err := t.transact(ctx, func() error {
		for n := from; n < schemaVersion; n++ {
			if err := t.exec(ctx, upgrades[n]...); err != nil {
				return err
			}
		}
		return errors.Join(t.setMeta(ctx, "upgraded_from", strconv.Itoa(from)), t.setMeta(ctx, "schema_version", strconv.Itoa(schemaVersion)))
	})
	if err != nil {
		return fmt.Errorf("open %s: bring its tables from version %d to %d: %w", t.path, from, schemaVersion, err)
	}
	t.o.log.Info("brought the database to this version", "from", from, "to", schemaVersion)
	return nil
}

// refuseForeign refuses a database with tables of somebody else's.
func (t *Tally) refuseForeign(ctx context.Context) error {
	var tables, ours int64
	err := t.conn.QueryRowContext(ctx, `select count(*), count(case when table_schema = 'raw' and table_name = 'meta' then 1 end)
		from information_schema.tables where table_catalog = 'xtally'`).Scan(&tables, &ours)
	if err == nil && tables > 0 && ours == 0 {
		err = fmt.Errorf("open %s: a database of another program; choose another --db", t.path)
	}
	return err
}

// defaultMemory is a quarter of the machine, at most 1250 MB: with more, ten million
// calls take as long and half as much memory again. DuckDB's own default is 80 % of
// the machine, which tells its size on every system.
func (t *Tally) defaultMemory(ctx context.Context) int64 {
	const most = 1250e6
	var text string
	if err := t.conn.QueryRowContext(ctx, "select current_setting('memory_limit')").Scan(&text); err != nil {
		return most
	}
	n, err := ParseBytes(text)
	if err != nil {
		return most
	}
	return min(n*10/8/4, most)
}

// meta reads one value of raw.meta, empty when it is not there.
func (t *Tally) meta(ctx context.Context, name string) (string, error) {
	var v string
	err := t.conn.QueryRowContext(ctx, "select value from raw.meta where name = ?", name).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}

// builtWith tells what the derived tables were made with. It refuses what wants to read
// them when there are none, or when they are of before an upgrade.
func (t *Tally) builtWith(ctx context.Context, what string) (string, error) {
	built, err := t.meta(ctx, "built_with")
	if err == nil && built == "" {
		err = fmt.Errorf("%s: nothing is built yet; run xtally build first", what)
	}
	if err != nil {
		return "", err
	}
	from, err := t.meta(ctx, "upgraded_from")
	if err == nil && from != "" {
		err = fmt.Errorf("%s: was built by an older xtally (tables of version %s); run xtally build first", what, from)
	}
	return built, err
}

func (t *Tally) setMeta(ctx context.Context, name, value string) error {
	_, err := t.conn.ExecContext(ctx, "insert or replace into raw.meta values (?, ?)", name, value)
	return err
}

func (t *Tally) exec(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := t.conn.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// transact runs f within a transaction: all of it is kept or, with an error,
// nothing.
func (t *Tally) transact(ctx context.Context, f func() error) (err error) {
	// A context that ends while this runs must not leave a transaction behind.
	if err := t.exec(context.WithoutCancel(ctx), "begin transaction"); err != nil {
		return err
	}
	if err = f(); err == nil {
		err = t.exec(ctx, "commit")
	}
	if err != nil {
		t.conn.ExecContext(context.WithoutCancel(ctx), "rollback")
	}
	return ended(ctx, err)
}

// ended is the end of the context where that is why something failed: the database says
// only that it was interrupted.
func ended(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
