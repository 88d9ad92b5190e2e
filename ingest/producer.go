package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

// maxWorkers bounds how many files are read at once; each worker holds one
// decoder and one line buffer.
const maxWorkers = 4

// producer reads files and fills chunks. Files are hashed ahead and the new ones
// passed on in order; workers read those, each into a part of
// the current chunk, while the loader takes the records that are ready; when
// the chunk is full they wait until it is loaded.
type producer struct {
	o       Options
	known   map[string][]string      // sha256 → sources it was loaded under
	sources map[string][]sourceState // source path → its states in the ledger, shortest first
	lastID  atomic.Int64             // last file id given out

	out    chan *chunk
	events chan *worker // a worker has stopped: see worker.state
	files  chan todo
	pool   batchPool

	mu       sync.Mutex // guards what follows
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
	workers := make([]*worker, min(maxWorkers, runtime.GOMAXPROCS(0)))
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

// hashAll hashes the inputs, several at once, and passes on those the ledger lacks in
// their order: of two twins the first is read.
func (p *producer) hashAll(ctx context.Context, inputs []input) {
	defer close(p.files)
	here := make(map[string]bool, len(inputs))
	for _, in := range inputs {
		here[in.name] = true
	}
	for h := range p.hashes(ctx, inputs) {
		<-h.done
		if h.err != nil {
			p.fail(h.err)
		}
		if h.err != nil || !p.isNew(h, here) {
			p.fileRead(h.in)
			continue
		}
		select {
		case p.files <- todo{h.in, h.base}:
		case <-ctx.Done():
			return
		}
	}
}

// hashing is a file whose content hash is being made, and known when done is closed.
type hashing struct {
	in   input
	base fileDone
	err  error
	done chan struct{}
}

// hashes gives out the inputs in order while as many as there are processors are being
// hashed. It ends early when ctx does.
func (p *producer) hashes(ctx context.Context, inputs []input) <-chan *hashing {
	hashers := runtime.GOMAXPROCS(0)
	ordered, free := make(chan *hashing, hashers), make(chan *hashing)
	for range hashers {
		go func() {
			buf := make([]byte, 1<<20)
			for h := range free {
				h.base, h.err = p.identify(h.in, buf)
				close(h.done)
			}
		}()
	}
	go func() {
		defer close(ordered)
		defer close(free)
		for _, in := range inputs {
			h := &hashing{in: in, done: make(chan struct{})}
			select {
			case free <- h:
			case <-ctx.Done():
				return
			}
			select {
			case ordered <- h:
			case <-ctx.Done():
				return
			}
		}
	}()
	return ordered
}

// identify hashes one file.
func (p *producer) identify(in input, buf []byte) (fileDone, error) {
	f, err := os.Open(in.path)
	if err != nil {
		return fileDone{}, &Error{in.name, fmt.Errorf("%w; check that it exists and may be read", reason(err))}
	}
	defer f.Close()
	sum, grown, err := p.hash(f, in, buf)
	if err != nil {
		return fileDone{}, &Error{in.name, fmt.Errorf("%w; check the disk it lies on", reason(err))}
	}
	return fileDone{replaces: grown, name: in.name, source: in.name, sha256: sum, sourceBytes: in.size}, nil
}

// isNew tells whether a file's content must be read. A file whose twin lies in the same
// archive is listed as its copy; one that only changed its name or place is passed over.
func (p *producer) isNew(h *hashing, here map[string]bool) bool {
	if names := p.known[h.base.sha256]; len(names) > 0 {
		p.skip(h.base, names, here)
		return false
	}
	p.known[h.base.sha256] = []string{h.in.name}
	if len(h.base.replaces) > 0 {
		p.grown++
	}
	return true
}

// skip notes a file whose content is in the ledger under the names given.
func (p *producer) skip(d fileDone, names []string, here map[string]bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	as, twin := names[0], false
	for _, n := range names {
		if n == d.source {
			as = n
		}
		twin = twin || here[n]
	}
	p.skipped = append(p.skipped, File{Name: d.source, SHA256: d.sha256, Bytes: d.sourceBytes, Status: "known", Detail: as})
	if as != d.source && twin {
		d.id = p.lastID.Add(1)
		p.copies = append(p.copies, d)
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

// hash returns the content hash, and the hashes of the earlier states of this
// path that the file begins with: it is those with more behind them. The size
// is fixed at the start: a log still being written is read to where it was.
func (p *producer) hash(f *os.File, in input, buf []byte) (sum string, grown []string, err error) {
	h := sha256.New()
	r := io.LimitReader(f, in.size)
	done := int64(0)
	for _, was := range p.sources[in.name] {
		if was.bytes == 0 || was.bytes >= in.size {
			continue
		}
		if _, err := io.CopyBuffer(writeOnly{h}, io.LimitReader(r, was.bytes-done), buf); err != nil {
			return "", nil, err
		}
		done = was.bytes
		if hexSum(h) == was.sha256 {
			grown = append(grown, was.sha256)
		}
	}
	if _, err := io.CopyBuffer(writeOnly{h}, r, buf); err != nil {
		return "", nil, err
	}
	return hexSum(h), grown, nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// writeOnly hides other methods, so that CopyBuffer uses the buffer.
type writeOnly struct{ io.Writer }

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
