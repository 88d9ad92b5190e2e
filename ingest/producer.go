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
)

// producer reads files and fills chunks, one step ahead of the database.
type producer struct {
	o       Options
	known   map[string]string      // sha256 → name it was loaded under
	sources map[string]sourceState // source path → its state in the ledger
	nextID  int64

	out     chan *chunk
	current *chunk
	skipped []File
	failed  []error
	grown   int
	err     error

	progress Progress
}

// sourceState is what the ledger knows of a path.
type sourceState struct {
	sha256 string
	bytes  int64
}

// run reads all inputs in order and closes out at the end.
func (p *producer) run(ctx context.Context, inputs []input) {
	defer close(p.out)
	p.progress.FilesTotal = len(inputs)
	for _, in := range inputs {
		p.progress.BytesTotal += in.size
	}
	for _, in := range inputs {
		err := p.file(ctx, in)
		var fe *Error
		switch {
		case errors.As(err, &fe):
			p.failed = append(p.failed, fe)
		case err != nil:
			p.err = err
			return
		}
		p.progress.Files++
	}
	if p.current != nil {
		p.err = p.flush(ctx)
	}
}

// drain empties the channel after a stop, so that no spool file is left.
func (p *producer) drain() {
	for c := range p.out {
		c.remove()
	}
	if p.current != nil {
		p.current.remove()
	}
}

// file reads one input unless the ledger knows its content. The size is fixed
// at the start: a log still being written is read to where it was.
func (p *producer) file(ctx context.Context, in input) error {
	f, err := os.Open(in.path)
	if err != nil {
		return &Error{in.name, fmt.Errorf("%w; check that it exists and may be read", reason(err))}
	}
	defer f.Close()
	sum, grown, err := p.hash(f, in)
	if err != nil {
		return &Error{in.name, fmt.Errorf("%w; check the disk it lies on", reason(err))}
	}
	p.progress.Bytes += in.size
	if as, ok := p.known[sum]; ok {
		p.skipped = append(p.skipped, File{Name: in.name, SHA256: sum, Bytes: in.size, Status: "known", Detail: as})
		return nil
	}
	p.known[sum] = in.name
	base := fileDone{source: in.name, sha256: sum, sourceBytes: in.size}
	if grown {
		base.replaces = in.name
		p.grown++
	}
	members := 0
	err = openContainer(f, in.size, func(member string, r io.Reader) error {
		members++
		d := base
		d.name = join(in.name, member)
		if member == "" {
			d.name, d.bytes = in.name, in.size
		}
		base.replaces = "" // once is enough
		return p.stream(ctx, d, r)
	})
	if err == nil && members == 0 {
		base.name, base.bytes = in.name, in.size // an archive with nothing in it
		return p.stream(ctx, base, &brokenReader{io.EOF})
	}
	return err
}

// hash returns the content hash, and whether the file is what the ledger has
// under the same path with more behind it.
func (p *producer) hash(f *os.File, in input) (sum string, grown bool, err error) {
	h := sha256.New()
	r := io.LimitReader(f, in.size)
	buf := make([]byte, 1<<20)
	was, seen := p.sources[in.name]
	if seen && was.bytes < in.size {
		if _, err := io.CopyBuffer(writeOnly{h}, io.LimitReader(r, was.bytes), buf); err != nil {
			return "", false, err
		}
		grown = hexSum(h) == was.sha256
	}
	if _, err := io.CopyBuffer(writeOnly{h}, r, buf); err != nil {
		return "", false, err
	}
	p.sources[in.name] = sourceState{hexSum(h), in.size}
	return hexSum(h), grown, nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// writeOnly hides other methods, so that CopyBuffer uses the buffer.
type writeOnly struct{ io.Writer }

// stream frames one uncompressed stream into chunks.
func (p *producer) stream(ctx context.Context, d fileDone, r io.Reader) error {
	d.id = p.nextID
	p.nextID++
	cr := &countingReader{r: r}
	bodyNo := int64(0)
	st, err := frames(cr, func(f frame) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		bodyNo++
		c, err := p.chunk(ctx, d.id, bodyNo)
		if err != nil {
			return err
		}
		return c.add(d.id, bodyNo, f)
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
	c, err := p.chunk(ctx, d.id, bodyNo+1)
	if err != nil {
		return err
	}
	c.done = append(c.done, d)
	c.progress = p.progress
	if c.bytes >= chunkBytes/2 {
		return p.flush(ctx) // between files a batch can be committed
	}
	return nil
}

// chunk returns the chunk to write to, sending off a full one first.
func (p *producer) chunk(ctx context.Context, fileID, bodyNo int64) (*chunk, error) {
	if p.current != nil && p.current.bytes >= chunkBytes {
		p.current.open = true // a file goes on in the next chunk
		if err := p.flush(ctx); err != nil {
			return nil, err
		}
	}
	if p.current == nil {
		c, err := newChunk(p.o.TempDir)
		if err != nil {
			return nil, fmt.Errorf("spool in %s: %w; free disk space or set another --temp-dir", p.o.TempDir, err)
		}
		c.firstFile, c.firstBody = fileID, bodyNo
		p.current = c
	}
	return p.current, nil
}

// flush hands the current chunk to the database.
func (p *producer) flush(ctx context.Context) error {
	c := p.current
	c.progress = p.progress
	if err := c.close(); err != nil {
		return fmt.Errorf("spool in %s: %w; free disk space or set another --temp-dir", p.o.TempDir, err)
	}
	select {
	case p.out <- c:
		p.current = nil
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
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
