package ingest

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// delimiter separates the columns of the text spool. JSON forbids it in any
// form, so a body that holds it is no body.
const delimiter = 0x01

// rejectTextBytes is how much of a line that is too long is kept.
const rejectTextBytes = 64 << 10

// chunkBytes is how much body text is handed to DuckDB at once: enough for
// both threads, little enough for the temporary disk.
const chunkBytes = 256 << 20

// The three spools of a chunk. Bodies that look like a plain call record push
// or a plain call event go where DuckDB's JSON reader takes them in one pass;
// all else goes as text and is looked at by SQL. The look decides speed only:
// a body that turns out different is found missing and read as text.
const (
	feeSpool = iota
	eventSpool
	textSpool
	spoolCount
)

// chunk is a set of spool files waiting to be loaded.
type chunk struct {
	dir   string
	bytes int64
	// firstFile and firstBody are the position of its first frame.
	firstFile, firstBody int64
	longest              int64 // longest line of any spool, in bytes
	open                 bool  // its last file goes on in the next chunk
	progress             Progress
	frames               [spoolCount]int64
	done                 []fileDone // files whose last frame is in this chunk
	files                [spoolCount]*os.File
	w                    [spoolCount]*bufio.Writer
	buf                  []byte
}

var spoolNames = [spoolCount]string{"fee.ndjson", "event.ndjson", "text.csv"}

func newChunk(parent string) (*chunk, error) {
	dir, err := os.MkdirTemp(parent, "chunk-*")
	if err != nil {
		return nil, err
	}
	c := &chunk{dir: dir}
	for i, name := range spoolNames {
		if c.files[i], err = os.Create(filepath.Join(dir, name)); err != nil {
			c.remove()
			return nil, err
		}
		c.w[i] = bufio.NewWriterSize(c.files[i], 1<<20)
	}
	return c, nil
}

// path returns where a spool lies.
func (c *chunk) path(spool int) string { return filepath.Join(c.dir, spoolNames[spool]) }

// close ends writing.
func (c *chunk) close() error {
	for i, f := range c.files {
		if err := c.w[i].Flush(); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes the spool files, open or not.
func (c *chunk) remove() {
	for _, f := range c.files {
		if f != nil {
			f.Close()
		}
	}
	os.RemoveAll(c.dir)
}

// add writes one frame of a file; bodyNo counts its frames from 1.
func (c *chunk) add(fileID, bodyNo int64, f frame) error {
	spool := textSpool
	if f.problem == "" && len(f.context) == 0 {
		spool = spoolFor(f.body)
	}
	c.frames[spool]++
	size := int64(len(f.body) + len(f.context))
	c.bytes += size
	c.longest = max(c.longest, size)
	if spool == textSpool {
		return c.addText(fileID, bodyNo, f)
	}
	// The position goes in as the first members. The line is valid JSON if
	// and only if the body is, so nothing slips in by the splice.
	b := append(c.buf[:0], `{"#f":`...)
	b = strconv.AppendInt(b, fileID, 10)
	b = append(b, `,"#n":`...)
	b = strconv.AppendInt(b, bodyNo, 10)
	b = append(b, `,"#l":`...)
	b = strconv.AppendInt(b, f.line, 10)
	b = append(b, ',')
	c.buf = b
	w := c.w[spool]
	w.Write(b)
	w.Write(f.body[1:])
	return w.WriteByte('\n')
}

// addText writes one frame as delimited text.
func (c *chunk) addText(fileID, bodyNo int64, f frame) error {
	b := strconv.AppendInt(c.buf[:0], fileID, 10)
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
	c.buf = b
	_, err := c.w[textSpool].Write(b)
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

// spoolFor looks at the first member of a body.
func spoolFor(body []byte) int {
	rest := bytes.TrimLeft(body[1:], " \t")
	if bytes.HasPrefix(rest, []byte(`"feeLst"`)) {
		return feeSpool
	}
	value, ok := bytes.CutPrefix(rest, []byte(`"eventType"`))
	if !ok || len(body) < 16 {
		return textSpool
	}
	value = bytes.TrimLeft(value, ": \t")
	if len(value) > 4 && bytes.EqualFold(value[:5], []byte(`"fee"`)) {
		return feeSpool
	}
	if bytes.Contains(body, []byte(`"statusInfo"`)) {
		return eventSpool
	}
	return textSpool
}
