package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"runtime"
	"sync"
)

// hashAll hashes the inputs, several at once, and passes on those the ledger lacks in
// their order: of two twins the first is read.
func (p *producer) hashAll(ctx context.Context, inputs []input) {
	defer close(p.files)
	here := make(map[string]bool, len(inputs))
	for _, in := range inputs {
		here[in.name] = true
	}
	var running sync.WaitGroup
	defer running.Wait() // no file is open when the load has ended
	for h := range p.hashes(ctx, &running, inputs) {
		<-h.done
		if ctx.Err() != nil {
			return
		}
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
func (p *producer) hashes(ctx context.Context, running *sync.WaitGroup, inputs []input) <-chan *hashing {
	// One more than the channel holds is with the receiver, who waits for it.
	ordered := make(chan *hashing, runtime.GOMAXPROCS(0)-1)
	running.Go(func() {
		defer close(ordered)
		for _, in := range inputs {
			h := &hashing{in: in, done: make(chan struct{})}
			select {
			case ordered <- h:
			case <-ctx.Done():
				return
			}
			running.Go(func() {
				defer close(h.done)
				h.base, h.err = p.identify(ctx, in)
			})
		}
	})
	return ordered
}

// identify hashes one file, unless it is as it was when its content came into the ledger.
func (p *producer) identify(ctx context.Context, in input) (fileDone, error) {
	was := p.seen[placeOf(in.path)]
	if in.as.isSettled(p.found) && in.as == was.stamp {
		p.unchanged.Add(1)
		return fileDone{name: in.name, source: in.name, sha256: was.SHA256, sourceBytes: in.size}, nil
	}
	f, err := os.Open(in.path)
	if err != nil {
		return fileDone{}, &Error{in.name, fmt.Errorf("%w; check that it exists and may be read", reason(err))}
	}
	defer f.Close()
	sum, grown, err := p.hash(stoppable{ctx, f}, in)
	if err != nil {
		return fileDone{}, &Error{in.name, fmt.Errorf("%w; check the disk it lies on", reason(err))}
	}
	if in.as.isSettled(p.found) {
		p.see(seenFile{placeOf(in.path), in.as, sum})
	}
	return fileDone{replaces: grown, name: in.name, source: in.name, sha256: sum, sourceBytes: in.size}, nil
}

// see notes how a file was when it was hashed.
func (p *producer) see(f seenFile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hashed = append(p.hashed, f)
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

// hash returns the content hash, and the hashes of the earlier states of this
// path that the file begins with: it is those with more behind them. The size
// is fixed at the start: a log still being written is read to where it was.
func (p *producer) hash(f io.Reader, in input) (sum string, grown []string, err error) {
	h := sha256.New()
	r := io.LimitReader(f, in.size)
	buf := make([]byte, 1<<18)
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

// stoppable reads until ctx is done: a big file takes seconds to hash.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
