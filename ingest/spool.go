package ingest

import (
	"bufio"
	"bytes"
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

// The three spools of a chunk. The records of what looks like a plain push, and
// plain call events, go where DuckDB's JSON reader takes them in one pass; all
// else goes as text and is looked at by SQL. The look decides speed only: what
// turns out different is found missing and read as text.
const (
	feeSpool = iota
	eventSpool
	textSpool
	spoolCount
)

// chunk is a set of spool files waiting to be loaded.
type chunk struct {
	dir       string
	bytes     atomic.Int64 // body text written, over all parts
	textBytes atomic.Int64 // of that, in the text spools
	parts     []*part
	open      bool // a file goes on in the next chunk
	last      bool // no chunk comes behind it
}

// part is what one worker writes of a chunk.
type part struct {
	chunk   *chunk
	frames  [spoolCount]int64 // lines written: records, events, texts
	longest int64             // longest line, in bytes
	begun   []int64           // files with frames in it
	done    []fileDone        // files whose last frame is in it
	files   [spoolCount]*os.File
	w       [spoolCount]*bufio.Writer
	buf     []byte
}

var spoolNames = [spoolCount]string{"fee", "event", "text"}

func newChunk(parent string, parts int) (*chunk, error) {
	dir, err := os.MkdirTemp(parent, "chunk-*")
	if err != nil {
		return nil, err
	}
	c := &chunk{dir: dir}
	for n := range parts {
		p := &part{chunk: c}
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

// add writes one frame of a file; bodyNo counts its frames from 1.
func (p *part) add(fileID, bodyNo int64, f frame) error {
	size := int64(len(f.body) + len(f.context))
	p.chunk.bytes.Add(size)
	p.longest = max(p.longest, size)
	// What was repaired goes the slow way: SQL looks where the damage is.
	if f.problem == "" && !bytes.Contains(f.body, replacement) {
		if records, sep := feeRecords(f.body); records != nil {
			return p.addRecords(fileID, bodyNo, f.line, records, sep)
		}
		if isEvent(f.body) {
			p.frames[eventSpool]++
			return p.splice(eventSpool, p.position(fileID, bodyNo, f.line), f.body)
		}
	}
	p.frames[textSpool]++
	p.chunk.textBytes.Add(size)
	return p.addText(fileID, bodyNo, f)
}

// addRecords writes the records of one push, each on a line of its own: flat
// objects cost DuckDB's reader two thirds of what a list of them costs. The
// cut is by bytes and decides nothing: a record cut wrongly is no JSON, is
// found missing, and its whole body is read again as text.
func (p *part) addRecords(fileID, bodyNo, line int64, records, sep []byte) error {
	position := p.position(fileID, bodyNo, line)
	for no := int64(1); ; no++ {
		record, rest, more := bytes.Cut(records, sep)
		if more {
			record = records[:len(record)+1] // with its closing brace
			rest = records[len(record)+len(sep)-2:]
		}
		p.frames[feeSpool]++
		b := append(position, `"#r":`...)
		b = append(strconv.AppendInt(b, no, 10), ',')
		if err := p.splice(feeSpool, b, record); err != nil || !more {
			return err
		}
		records = rest
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

// feeRecords returns the text between the brackets of a plain push, from the
// first record's opening to the last one's closing brace, and what separates
// records; nil when the body is not plainly a push.
func feeRecords(body []byte) (records, sep []byte) {
	rest, ok := cutMember(body[1:], `"eventType"`)
	if !ok || len(rest) < 5 || !bytes.EqualFold(rest[:5], []byte(`"fee"`)) {
		return nil, nil
	}
	rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest[5:], " \t"), []byte(","))
	if !ok {
		return nil, nil
	}
	rest, ok = cutMember(rest, `"feeLst"`)
	if !ok || len(rest) == 0 || rest[0] != '[' {
		return nil, nil
	}
	rest = bytes.TrimLeft(rest[1:], " \t")
	for _, end := range []byte("}]") {
		if len(rest) == 0 || rest[len(rest)-1] != end {
			return nil, nil
		}
		rest = bytes.TrimRight(rest[:len(rest)-1], " \t")
	}
	if len(rest) < 2 || rest[0] != '{' || rest[len(rest)-1] != '}' {
		return nil, nil
	}
	if bytes.Contains(rest, []byte("}, {")) {
		return rest, []byte("}, {")
	}
	return rest, []byte("},{")
}

// cutMember cuts a member's name and colon off the start of text.
func cutMember(text []byte, name string) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(text, " \t"), []byte(name))
	if !ok {
		return nil, false
	}
	rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " \t"), []byte(":"))
	return bytes.TrimLeft(rest, " \t"), ok
}

// isEvent tells whether a body is plainly a call event.
func isEvent(body []byte) bool {
	_, ok := cutMember(body[1:], `"eventType"`)
	return ok && bytes.Contains(body, []byte(`"statusInfo"`))
}
