package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// maxWorkers bounds how many files are read at once; each worker holds one
// decoder and one line buffer.
const maxWorkers = 4

// producer reads files and fills chunks. Files are hashed ahead and the new ones
// passed on in order; workers read those, each into a part of the current chunk,
// while the loader takes the records that are ready; when the chunk is full they
// wait until it is loaded.
type producer struct {
	o       Options
	known   map[string][]string      // sha256 → sources it was loaded under
	sources map[string][]sourceState // source path → its states in the ledger, shortest first
	seen    map[string]seenFile      // path → the file as it was when hashed
	found   time.Time                // when the files were listed
	lastID  atomic.Int64             // last file id given out

	out    chan *chunk
	events chan *worker // a worker has stopped: see worker.state
	files  chan todo
	pool   batchPool

	unchanged atomic.Int64 // files not hashed, since they are as they were

	mu       sync.Mutex // guards what follows
	hashed   []seenFile
	skipped  []File
	copies   []fileDone
	failed   []error
	grown    int
	progress Progress
	err      error // what stopped the load
}

// sourceState is what the ledger knows of a path.
type sourceState struct {
	sha256 string
	bytes  int64
}

// todo is a file to read, with what hashing it told.
type todo struct {
	input
	base fileDone
}

// worker reads files into its part of the current chunk.
type worker struct {
	p      *producer
	part   *part
	resume chan *part
	state  workerState
}

type workerState int

const (
	between  workerState = iota // has finished a file
	midFile                     // will go on with the same file in the next chunk
	finished                    // there are no more files
)

// run reads all inputs and closes out at the end.
func (p *producer) run(ctx context.Context, inputs []input) {
	defer close(p.out)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.expect(inputs)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { p.hashAll(ctx, inputs) })
	workers := make([]*worker, min(maxWorkers, runtime.NumCPU(), runtime.GOMAXPROCS(0)))
	for i := range workers {
		workers[i] = &worker{p: p, resume: make(chan *part)}
		wg.Go(func() { workers[i].run(ctx) })
	}
	p.stop(p.rounds(ctx, workers))
	cancel()
}

// expect notes how much there is to read.
func (p *producer) expect(inputs []input) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress.FilesTotal = len(inputs)
	for _, in := range inputs {
		p.progress.BytesTotal += in.size
	}
}

// rounds fills one chunk after another until all workers have finished.
func (p *producer) rounds(ctx context.Context, workers []*worker) error {
	for {
		c, err := newChunk(p.o.TempDir, len(workers), &p.pool)
		if err != nil {
			return p.spoolError(err)
		}
		select {
		case p.out <- c:
		case <-ctx.Done():
			c.remove()
			return ctx.Err()
		}
		c.err = p.round(ctx, workers, c)
		last := c.last // from here on the loader may remove it
		close(c.filled)
		if c.err != nil || last {
			return c.err
		}
	}
}

// round lets every worker that has work fill its part of one chunk.
func (p *producer) round(ctx context.Context, workers []*worker, c *chunk) error {
	running := 0
	for i, w := range workers {
		if w.state == finished {
			continue
		}
		select {
		case w.resume <- c.parts[i]:
			running++
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	c.last = true
	for range running {
		select {
		case w := <-p.events:
			c.open = c.open || w.state == midFile
			c.last = c.last && w.state == finished
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	close(c.records) // no worker writes to it now
	if p.stopped() != nil {
		return p.stopped()
	}
	return p.spoolError(c.close())
}

// spoolError says what to do when the temporary disk fails.
func (p *producer) spoolError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("spool in %s: %w; free disk space there", p.o.TempDir, err)
}

// stop notes the first error that ends the load.
func (p *producer) stop(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
}

func (p *producer) stopped() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// drain empties the channel after a stop, so that no spool file is left.
func (p *producer) drain() {
	for c := range p.out {
		c.remove()
	}
}

func (p *producer) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = append(p.failed, err)
}

// snapshot tells how far reading is.
func (p *producer) snapshot() Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.progress
}

func (p *producer) fileRead(in input) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress.Files++
	p.progress.Bytes += in.size
}

// run reads files until there are none left.
func (w *worker) run(ctx context.Context) {
	if !w.nextPart(ctx) {
		return
	}
	for {
		t, more := w.p.nextFile(ctx)
		if !more {
			w.report(ctx, finished)
			return
		}
		err := w.file(ctx, t)
		var fe *Error
		switch {
		case errors.As(err, &fe):
			w.p.fail(fe)
		case err != nil:
			w.p.stop(err)
			w.report(ctx, finished)
			return
		}
		w.p.fileRead(t.input)
		if w.part.chunk.full() && !(w.report(ctx, between) && w.nextPart(ctx)) {
			return
		}
	}
}

func (p *producer) nextFile(ctx context.Context) (todo, bool) {
	select {
	case t, more := <-p.files:
		return t, more
	case <-ctx.Done():
		return todo{}, false
	}
}

// report tells the producer why the worker has stopped.
func (w *worker) report(ctx context.Context, s workerState) bool {
	w.state = s
	if w.part.flush(ctx) != nil {
		return false
	}
	select {
	case w.p.events <- w:
		return true
	case <-ctx.Done():
		return false
	}
}

// nextPart waits for a part of the next chunk.
func (w *worker) nextPart(ctx context.Context) bool {
	select {
	case w.part = <-w.resume:
		return true
	case <-ctx.Done():
		return false
	}
}

// file reads one input and every member in it.
func (w *worker) file(ctx context.Context, t todo) error {
	f, err := os.Open(t.path)
	if err != nil {
		return &Error{t.name, fmt.Errorf("%w; check that it exists and may be read", reason(err))}
	}
	defer f.Close()
	members := 0
	base := t.base
	err = openContainer(f, t.size, func(member string, r io.Reader) error {
		members++
		d := base
		base.replaces = nil // once is enough
		if member == "" {
			d.bytes = t.size
		} else {
			d.name = join(t.name, member)
		}
		return w.stream(ctx, d, r)
	})
	if err == nil && members == 0 {
		base.bytes = t.size // an archive with nothing in it
		return w.stream(ctx, base, &brokenReader{io.EOF})
	}
	return err
}

// stream frames one uncompressed stream into the current part.
func (w *worker) stream(ctx context.Context, d fileDone, r io.Reader) error {
	d.id = w.p.lastID.Add(1)
	cr := &countingReader{r: r}
	bodyNo := int64(0)
	w.part.begin(d.id)
	st, err := frames(cr, func(f frame) error {
		bodyNo++
		if bodyNo&0xff == 0 && w.part.chunk.full() {
			if !w.report(ctx, midFile) || !w.nextPart(ctx) {
				return ctx.Err()
			}
			w.part.begin(d.id)
		}
		return w.p.spoolError(w.part.add(ctx, d.id, bodyNo, f))
	})
	if err != nil {
		return err
	}
	var dmg *damage
	d.damaged = errors.As(cr.err, &dmg)
	d.stats = st
	if d.bytes == 0 {
		d.bytes = cr.n
	}
	w.part.done = append(w.part.done, d)
	return ctx.Err()
}

// countingReader counts what was read and remembers how it ended.
type countingReader struct {
	r   io.Reader
	n   int64
	err error
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}
