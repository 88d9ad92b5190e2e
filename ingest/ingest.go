// Package ingest reads archives of callbacks into the raw tables.
//
// Go moves the bytes: it finds files, undoes compression and wrapping, and
// cuts the stream into one body a line. DuckDB reads the bodies, and SQL
// decides what each one is. The ledger raw.files knows every file by the hash
// of its bytes.
package ingest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"
)

// Options say how to load.
type Options struct {
	SQL      fs.FS                  // the project's sql folder
	Feed     *Feed                  // made for the connection
	Fetched  []Fetched              // objects to read beside the paths
	Exclude  func(path string) bool // tells files that are no archive: the database, reports; may be nil
	TempDir  string                 // for spool files; must exist, is left empty
	Now      func() time.Time       // clock of the ledger's load time
	Progress func(Progress)         // called now and then, from another goroutine; may be nil
	Warn     func(msg, file string) // told of what was passed over; may be nil
}

// Progress says how far a load is.
type Progress struct {
	Files, FilesTotal int
	Bytes, BytesTotal int64 // of the files as they lie on disk
	Records           int64
}

// File is what became of one file of a load.
type File struct {
	Name     string // path under the path given; members of archives behind it
	SHA256   string
	Bytes    int64
	Lines    int64
	Bodies   int64
	Records  int64
	Events   int64
	Messages int64
	Statuses int64
	Rejects  int64
	Status   string // loaded, empty, damaged, or known
	Detail   string // for known: the name it was loaded under
}

// Result says what a load did.
type Result struct {
	Files   []File // in the order read; files already known included
	Failed  []error
	Loaded  int   // files read anew, members of archives counted
	Known   int   // files whose content was in the ledger already
	AsSeen  int   // of the known: by their size, inode and times, without reading them
	Grown   int   // files that replaced their own earlier, shorter state
	Records int64 // fee records read anew
}

// Error says which file could not be read and what to do.
type Error struct {
	File string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("load %s: %v", e.File, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// ErrNoFiles is returned when the paths given hold no file at all.
var ErrNoFiles = errors.New("no files found")

// fileDone is the ledger's row of a file read to its end.
type fileDone struct {
	id          int64
	name        string
	source      string // path of the file on disk, as given and walked
	sha256      string
	bytes       int64
	sourceBytes int64
	stats       stats
	damaged     bool
	replaces    []string // hashes of the same path's shorter states, which this one contains
}

// Load reads every file under paths (files, folders, globs) that the ledger
// does not know yet. conn must be the only user of the database. Files are
// committed in batches: when Load stops early, whatever was committed is
// whole, nothing of the rest is there, and the next Load goes on.
//
// A file that cannot be opened is listed in Result.Failed and does not stop
// the others. A returned error means the load stopped.
func Load(ctx context.Context, conn *sql.Conn, paths []string, o Options) (Result, error) {
	found := o.Now()
	inputs, err := o.inputs(paths)
	if err != nil {
		return Result{}, err
	}
	if o.Exclude != nil {
		inputs = slices.DeleteFunc(inputs, func(in input) bool { return in.url == "" && o.Exclude(in.path) })
	}
	l := &loader{conn: conn, o: o}
	if err := l.readLedger(ctx); err != nil {
		return Result{}, whyStopped(ctx, err)
	}
	seen, err := l.readSeen(ctx)
	if err != nil {
		return Result{}, whyStopped(ctx, err)
	}
	p := &producer{o: o, known: l.known, sources: l.sources, seen: seen, found: found, out: make(chan *chunk), events: make(chan *worker), files: make(chan todo)}
	p.lastID.Store(l.lastID)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o.Feed.ctx, o.Feed.pool = ctx, &p.pool
	defer p.pool.close()
	stopTelling := tell(o.Progress, p, l)
	go p.run(ctx, inputs)
	err = l.consume(ctx, p)
	stopTelling()
	err = whyStopped(ctx, err)
	cancel()
	p.drain()
	if err == nil {
		err = l.listCopies(context.WithoutCancel(ctx), p.copies)
	}
	if err == nil {
		err = l.noteSeen(context.WithoutCancel(ctx), p.hashed)
	}
	for i, f := range p.skipped {
		p.skipped[i].Bodies = l.bodies[f.SHA256]
	}
	l.result.Files = append(l.result.Files, p.skipped...)
	l.result.Known, l.result.Failed, l.result.Grown = len(p.skipped), p.failed, p.grown
	l.result.AsSeen = int(p.unchanged.Load())
	return l.result, err
}

// whyStopped gives the context's own error where it has ended: whatever broke, broke
// because of it, and the database says only that it was interrupted.
func whyStopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// tell reports progress a few times a second until the function it returns is
// called.
func tell(progress func(Progress), p *producer, l *loader) (stop func()) {
	if progress == nil {
		return func() {}
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				now := p.snapshot()
				now.Records = l.records.Load()
				progress(now)
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
	}
}
