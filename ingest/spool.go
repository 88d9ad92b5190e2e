package ingest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
)

// delimiter separates the columns of the text spool. JSON forbids it in any
// form, so a body that holds it is no body.
const delimiter = 0x01

// rejectTextBytes is how much of a line that is too long is kept.
const rejectTextBytes = 64 << 10

// chunkBytes is how much body text is handed to DuckDB, and committed, at
// once. Every hand-over leaves row groups that are not full and written
// twice: 64 MB at a time costs half as much again as 1 GB.
const chunkBytes = 1 << 30

// textChunkBytes bounds the text of a chunk that SQL takes apart; that needs
// memory for several copies of it.
const textChunkBytes = 64 << 20

// replacement stands in a body for bytes that were not UTF-8.
var replacement = []byte("\uFFFD")

// The spools of a chunk. The records of plain pushes go straight to DuckDB, a
// batch at a time. Plain call events go where its JSON reader takes them in
// one pass; all else goes as text and is looked at by SQL. The look decides
// speed only: what turns out different is found missing and read as text.
const (
	eventSpool = iota
	textSpool
	spoolCount
)

// chunk is what is loaded, and committed, at once.
type chunk struct {
	dir       string
	records   chan *batch   // of plain pushes, while the chunk is being filled
	filled    chan struct{} // closed when it is, or will not be
	err       error         // why it will not be
	bytes     atomic.Int64  // body text written, over all parts
	textBytes atomic.Int64  // of that, in the text spools
	parts     []*part
	open      bool // a file goes on in the next chunk
	last      bool // no chunk comes behind it
}

// part is what one worker writes of a chunk.
type part struct {
	chunk   *chunk
	pool    *batchPool
	batch   *batch            // being filled; nil when there is none
	records int64             // records of plain pushes
	frames  [spoolCount]int64 // lines written
	longest int64             // longest line, in bytes
	begun   []int64           // files with frames in it
	done    []fileDone        // files whose last frame is in it
	files   [spoolCount]*os.File
	w       [spoolCount]*bufio.Writer
	buf     []byte
}

var spoolNames = [spoolCount]string{"event", "text"}

func newChunk(parent string, parts int, pool *batchPool) (*chunk, error) {
	dir, err := os.MkdirTemp(parent, "chunk-*")
	if err != nil {
		return nil, err
	}
	c := &chunk{dir: dir, records: make(chan *batch, parts), filled: make(chan struct{})}
	for n := range parts {
		p := &part{chunk: c, pool: pool}
		c.parts = append(c.parts, p)
		for i, name := range spoolNames {
			if p.files[i], err = os.Create(filepath.Join(dir, fmt.Sprintf("%s-%d", name, n))); err != nil {
				c.remove()
				return nil, err
			}
			p.w[i] = bufio.NewWriterSize(p.files[i], 1<<18)
		}
	}
	return c, nil
}

// full tells whether the chunk should be handed over.
func (c *chunk) full() bool {
	return c.bytes.Load() >= chunkBytes || c.textBytes.Load() >= textChunkBytes
}

// path returns a glob of all parts of a spool.
func (c *chunk) path(spool int) string { return filepath.Join(c.dir, spoolNames[spool]+"-*") }

// frames counts the lines of a spool.
func (c *chunk) frames(spool int) int64 {
	n := int64(0)
	for _, p := range c.parts {
		n += p.frames[spool]
	}
	return n
}

// recordCount counts the records of plain pushes.
func (c *chunk) recordCount() int64 {
	n := int64(0)
	for _, p := range c.parts {
		n += p.records
	}
	return n
}

// longest returns the longest line in any spool, in bytes.
func (c *chunk) longest() int64 {
	n := int64(0)
	for _, p := range c.parts {
		n = max(n, p.longest)
	}
	return n
}

// close ends writing.
func (c *chunk) close() error {
	for _, p := range c.parts {
		for i, f := range p.files {
			if err := p.w[i].Flush(); err != nil {
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

// remove deletes the spool files, open or not.
func (c *chunk) remove() {
	for _, p := range c.parts {
		for _, f := range p.files {
			if f != nil {
				f.Close()
			}
		}
	}
	os.RemoveAll(c.dir)
}

// begin notes that frames of a file lie in this part.
func (p *part) begin(fileID int64) { p.begun = append(p.begun, fileID) }

// add takes one frame of a file; bodyNo counts its frames from 1.
func (p *part) add(ctx context.Context, fileID, bodyNo int64, f frame) error {
	size := int64(len(f.body) + len(f.context))
	p.chunk.bytes.Add(size)
	// What was repaired goes the slow way: SQL looks where the damage is.
	if f.problem == "" && !bytes.Contains(f.body, replacement) {
		if isTaken, err := p.addRecords(ctx, fileID, bodyNo, f); isTaken || err != nil {
			return err
		}
		if isEvent(f.body) {
			p.longest = max(p.longest, size)
			p.frames[eventSpool]++
			return p.splice(eventSpool, p.position(fileID, bodyNo, f.line), f.body)
		}
	}
	p.longest = max(p.longest, size)
	p.frames[textSpool]++
	p.chunk.textBytes.Add(size)
	return p.addText(fileID, bodyNo, f)
}

// addRecords takes the records of a plain push.
func (p *part) addRecords(ctx context.Context, fileID, bodyNo int64, f frame) (isTaken bool, err error) {
	for {
		if p.batch == nil {
			p.batch = p.pool.get()
		}
		result, n := p.batch.push(fileID, bodyNo, f.line, f.body)
		if result != noRoom {
			p.records += n
			return result == taken, nil
		}
		if err := p.flush(ctx); err != nil {
			return false, err
		}
	}
}

// flush hands the batch over to DuckDB.
func (p *part) flush(ctx context.Context) error {
	if p.batch == nil || p.batch.rows == 0 {
		return nil
	}
	select {
	case p.chunk.records <- p.batch:
		p.batch = nil
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// position begins a line with where its object lies.
func (p *part) position(fileID, bodyNo, line int64) []byte {
	b := append(p.buf[:0], `{"#f":`...)
	b = strconv.AppendInt(b, fileID, 10)
	b = append(b, `,"#n":`...)
	b = strconv.AppendInt(b, bodyNo, 10)
	b = append(b, `,"#l":`...)
	b = strconv.AppendInt(b, line, 10)
	b = append(b, ',')
	p.buf = b
	return b
}

// splice writes an object behind its position. The line is valid JSON if and
// only if the object is, so nothing slips in by the splice.
func (p *part) splice(spool int, position, object []byte) error {
	w := p.w[spool]
	w.Write(position)
	w.Write(object[1:])
	return w.WriteByte('\n')
}

// addText writes one frame as delimited text.
func (p *part) addText(fileID, bodyNo int64, f frame) error {
	b := strconv.AppendInt(p.buf[:0], fileID, 10)
	b = append(b, delimiter)
	b = strconv.AppendInt(b, bodyNo, 10)
	b = append(b, delimiter)
	b = strconv.AppendInt(b, f.line, 10)
	b = append(b, delimiter)
	b = append(b, f.problem...)
	b = append(b, delimiter)
	b = appendClean(b, f.context)
	b = append(b, delimiter)
	b = appendClean(b, f.body)
	b = append(b, '\n')
	p.buf = b
	_, err := p.w[textSpool].Write(b)
	return err
}

// appendClean appends text with the bytes replaced that would upset the
// reader of delimited text.
func appendClean(b, text []byte) []byte {
	start := len(b)
	b = append(b, text...)
	if bytes.ContainsAny(text, "\x00\x01\r\n") {
		for i, c := range b[start:] {
			if c < 0x02 || c == '\r' || c == '\n' {
				b[start+i] = ' '
			}
		}
	}
	return b
}

// isEvent tells whether a body is plainly a call event.
func isEvent(body []byte) bool {
	_, ok := cutMember(body[1:], `"eventType"`)
	return ok && bytes.Contains(body, []byte(`"statusInfo"`))
}
