package xtally

import (
	"context"
	"time"

	"github.com/xtally/xtally/ingest"
)

// LoadResult says what a load did, file by file.
type LoadResult struct {
	ingest.Result
	Duration time.Duration
}

// Load reads every callback archive under paths (files, folders, globs) that
// is not in the ledger yet into the raw tables. Content already loaded, also
// under another name, is skipped; a file that has grown replaces its earlier
// state. Files are committed in batches: if Load stops early, what was
// committed is whole and the next Load goes on from there.
//
// A file that cannot be opened is listed in LoadResult.Failed and does not
// stop the others. A path that matches nothing is an error.
func (t *Tally) Load(ctx context.Context, paths ...string) (LoadResult, error) {
	start := t.o.now()
	r, err := ingest.Load(ctx, t.conn, paths, ingest.Options{
		SQL:      t.o.sql,
		TempDir:  t.temp,
		Now:      t.o.now,
		Progress: t.o.progress,
		Warn:     func(msg, file string) { t.o.log.Warn(msg, "file", file) },
	})
	return LoadResult{Result: r, Duration: t.o.now().Sub(start)}, err
}
