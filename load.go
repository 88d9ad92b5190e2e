package xtally

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/xtally/xtally/ingest"
	"github.com/xtally/xtally/reports"
)

// LoadResult says what a load did, file by file.
type LoadResult struct {
	ingest.Result
	KnownObjects int // of a store, read before and the same still: not fetched
	Duration     time.Duration
}

// Load reads every callback archive under paths (files, folders, globs) that
// is not in the ledger yet into the raw tables. Content already loaded, also
// under another name, is skipped; a file that has grown replaces its earlier
// state. A file whose size, inode and times are as they were when its content was
// loaded is not read again to find that out (on Linux; elsewhere each is hashed).
// Files are committed in batches: if Load stops early, what was committed is whole
// and the next Load goes on from there.
//
// The database itself is passed over if it lies in the archive.
//
// DuckDB's threads come into Go for the records, and wait while the readers hold every
// place to run: a host with a GOMAXPROCS of twice its cores, which the command sets,
// loads a twelfth faster.
//
// A file that cannot be opened is listed in LoadResult.Failed and does not
// stop the others. A path that matches nothing is an error.
func (t *Tally) Load(ctx context.Context, paths ...string) (LoadResult, error) {
	return t.load(ctx, paths, "")
}

// load is Load without the reports in out, should they lie in the archive.
func (t *Tally) load(ctx context.Context, paths []string, out string) (LoadResult, error) {
	start := t.o.now()
	o, err := t.fetch(ctx, paths)
	if err != nil {
		return LoadResult{}, err
	}
	result := LoadResult{KnownObjects: o.known}
	if len(o.paths) == 0 && len(o.fetched) == 0 { // nothing new in the store
		result.Failed, result.Duration = o.failed, t.o.now().Sub(start)
		return result, nil
	}
	result.Result, err = ingest.Load(ctx, t.conn, o.paths, ingest.Options{
		SQL:      t.o.sql,
		Feed:     t.feed,
		Fetched:  o.fetched,
		Exclude:  func(path string) bool { return t.isOwn(path) || isReport(out, path) },
		TempDir:  t.temp,
		Now:      t.o.now,
		Progress: t.o.progress,
		Warn:     func(msg, file string) { t.o.log.Warn(msg, "file", file) },
	})
	if err == nil {
		err = t.noteRead(ctx, o, result.Failed)
	}
	result.Failed = append(o.failed, result.Failed...)
	result.Duration = t.o.now().Sub(start)
	return result, err
}

// isOwn tells whether a file is of the database itself.
func (t *Tally) isOwn(path string) bool {
	if t.path == "" {
		return false
	}
	_, inTemp := within(t.temp, path)
	_, inSpool := within(t.path+".spool", path)
	return inTemp || inSpool || samePath(path, t.path) || samePath(path, t.path+".wal")
}

// isReport tells whether a file is a report that lies under out. Only these
// are no archive: out may well be a folder that holds the archive too.
func isReport(out, path string) bool {
	rel, ok := within(out, path)
	month, name := filepath.Split(rel)
	if !ok || out == "" || !isPeriodFolder(strings.TrimSuffix(month, string(filepath.Separator))) {
		return false
	}
	base, ending, _ := strings.Cut(name, ".")
	if _, listed := reports.Find(base); listed {
		return ending == "csv" || ending == "parquet"
	}
	whole := "xtally-" + filepath.Clean(month)
	return name == "manifest.json" || name == whole+".xlsx" || name == whole+".html"
}

// isPeriodFolder tells the folder of a month, or of a period, from others.
func isPeriodFolder(name string) bool {
	from, to, isPeriod := strings.Cut(name, "_")
	if !isPeriod {
		to = from
	}
	_, err := ParsePeriod(from, to, time.Time{})
	return err == nil
}

// within returns the path of a file below a folder.
func within(folder, path string) (rel string, ok bool) {
	root, rootErr := filepath.Abs(folder)
	file, fileErr := filepath.Abs(path)
	rel, err := filepath.Rel(root, file)
	return rel, errors.Join(rootErr, fileErr, err) == nil && filepath.IsLocal(rel)
}

func samePath(a, b string) bool {
	rel, ok := within(a, b)
	return ok && rel == "."
}

// Books say what became of call records: Records is the sum of the others.
type Books struct {
	Records        int64 `json:"records"`
	Calls          int64 `json:"calls"` // of VoiceCall too
	Duplicates     int64 `json:"duplicates"`
	ConflictLosers int64 `json:"conflict_losers"`
	Rejects        int64 `json:"rejected_records"`
}

// Books balances the records of all months that Load touched and Build has
// not made yet. Build keeps the same figures per file and enforces them.
func (t *Tally) Books(ctx context.Context) (Books, error) {
	var b Books
	copies, err := t.o.readSQL("identity/copies.sql")
	if err != nil {
		return b, err
	}
	statements := []string{"begin transaction", "delete from raw.build_scope", "insert into raw.build_scope select distinct month from raw.months_to_build"}
	for _, name := range []string{"files", "fee_records"} {
		q, err := t.o.readSQL("staging/" + name + ".sql")
		if err != nil {
			return b, err
		}
		statements = append(statements, "create schema if not exists staging", "create or replace view staging."+name+" as "+q)
	}
	// Nothing of this is kept: the scope is build's to set.
	defer t.conn.ExecContext(context.WithoutCancel(ctx), "rollback")
	const scoped = "month in (select month from raw.build_scope)"
	if err := errors.Join(t.exec(ctx, statements...), t.giveRecords(ctx, scoped, nil)); err != nil {
		return b, err
	}
	err = t.conn.QueryRowContext(ctx, `select count(*), count(reject_reason), coalesce(any_value(duplicate_count), 0), coalesce(any_value(loser_count), 0)
		from staging.fee_records
		cross join (
			select count(case when role = 'duplicate' then 1 end) as duplicate_count,
				count(case when role = 'conflict_loser' then 1 end) as loser_count
			from (`+copies+`)
		) as copies
		where `+scoped).Scan(&b.Records, &b.Rejects, &b.Duplicates, &b.ConflictLosers)
	b.Calls = b.Records - b.Rejects - b.Duplicates - b.ConflictLosers
	return b, err
}

// hasCallbacks tells whether any file, read now or before, holds a callback.
func (r LoadResult) hasCallbacks() bool {
	return r.KnownObjects > 0 || slices.ContainsFunc(r.Files, func(f ingest.File) bool { return f.Bodies > 0 })
}
