package ingest

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"unicode/utf8"
)

// virtualBreak separates the elements of a JSON array that fills a file. It
// stands for a line break that is not in the file, so that one array of any
// length is read in bounded memory and physical line numbers still hold.
const virtualBreak = 0x1e

// line is one physical line, or one element of a JSON array within it.
type line struct {
	text      []byte // without the line break; valid until the next call
	number    int64  // physical line, from 1
	continued bool   // an earlier segment of the physical line had text
	tooLong   bool   // longer than maxBodyBytes; only its head is here
	cut       bool   // the source broke within the line
	inArray   bool   // the file is one JSON array
}

// lineReader reads lines with their physical numbers. It drops a byte order
// mark, counts blank lines, and can be rewound to a mark.
type lineReader struct {
	src        io.Reader
	buf        []byte
	r, w, keep int // keep: first byte that must stay in buf; -1 without a mark
	eof        bool
	err        error // what stopped the source before its end

	count, blank int64 // physical lines and blank ones so far
	inLine       bool  // the next segment continues the current line
	hadText      bool  // the current line had text in an earlier segment
	array        *arraySplitter
}

// position is a place to rewind to.
type position struct {
	count, blank    int64
	inLine, hadText bool
}

const readBytes = 256 << 10

// lineBuffers are used again: an archive may hold a file per callback.
var lineBuffers = sync.Pool{New: func() any { return make([]byte, readBytes) }}

func newLineReader(src io.Reader) *lineReader {
	lr := &lineReader{src: src, buf: lineBuffers.Get().([]byte), keep: -1}
	for lr.w < sniffBytes && !lr.eof {
		lr.fill()
	}
	if bytes.HasPrefix(lr.buf[:lr.w], []byte("\xef\xbb\xbf")) {
		lr.r = 3
	}
	// Look at the same bytes however much the first read brought.
	if isArrayFile(lr.buf[lr.r:min(lr.w, sniffBytes)]) {
		head := bytes.Clone(lr.buf[lr.r:lr.w])
		rest := io.MultiReader(bytes.NewReader(head), &restReader{lr.src, lr.eof, lr.err})
		array := &arraySplitter{src: rest, atLineStart: true}
		*lr = lineReader{src: array, buf: lr.buf, keep: -1, array: array}
	}
	return lr
}

// close gives the buffer back, unless a long line has made it grow.
func (lr *lineReader) close() {
	if len(lr.buf) == readBytes {
		//lint:ignore SA6002 allocating a slice header is cheap beside the buffer
		lineBuffers.Put(lr.buf)
	}
	lr.buf = nil
}

// restReader hands on what a source gave after its head was peeked at.
type restReader struct {
	src io.Reader
	eof bool
	err error
}

func (r *restReader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.eof {
		return 0, io.EOF
	}
	return r.src.Read(p)
}

// isArrayFile tells whether the first bytes begin an array of objects.
func isArrayFile(head []byte) bool {
	head = bytes.TrimSpace(head)
	if len(head) == 0 || head[0] != '[' {
		return false
	}
	rest := bytes.TrimSpace(head[1:])
	if len(rest) == 0 || rest[0] != '{' {
		return false
	}
	// A log's own brackets may look alike, but hold no member names.
	rest = bytes.TrimSpace(rest[1:])
	return len(rest) == 0 || rest[0] == '"' || rest[0] == '}'
}

var errTooLong = errors.New("line too long to be read again")

// next returns the next segment, or io.EOF. A source that breaks ends the
// lines: what was read of the last line is returned first, then err is set.
func (lr *lineReader) next() (line, error) {
	from := lr.r
	for {
		end := lr.indexBreak(from)
		if length := end - lr.r; length > maxBodyBytes || end < 0 && lr.w-lr.r > maxBodyBytes {
			if lr.keep >= 0 {
				return line{}, errTooLong // would lose the mark
			}
			return lr.skipLong(), nil
		}
		if end >= 0 {
			return lr.segment(end, end+1), nil
		}
		if lr.eof {
			if lr.r == lr.w {
				return line{}, io.EOF
			}
			l := lr.segment(lr.w, lr.w)
			l.cut = lr.err != nil
			return l, nil
		}
		n := lr.w - lr.r
		lr.fill()
		from = lr.r + n
	}
}

// indexBreak finds the next real or virtual line break at or behind from.
func (lr *lineReader) indexBreak(from int) int {
	i := bytes.IndexByte(lr.buf[from:lr.w], '\n')
	if lr.array != nil {
		end := lr.w
		if i >= 0 {
			end = from + i
		}
		if j := bytes.IndexByte(lr.buf[from:end], virtualBreak); j >= 0 {
			i = j
		}
	}
	if i < 0 {
		return -1
	}
	return from + i
}

// segment takes buf[r:end] and goes on at next.
func (lr *lineReader) segment(end, next int) line {
	l := line{text: lr.buf[lr.r:end], continued: lr.hadText, inArray: lr.array != nil}
	atBreak := end == next || lr.buf[end] == '\n'
	if !lr.inLine {
		lr.count++
	}
	lr.hadText = lr.hadText || len(bytes.TrimSpace(l.text)) > 0
	if atBreak {
		if !lr.hadText {
			lr.blank++
		}
		lr.hadText = false
	}
	l.number = lr.count
	lr.inLine = !atBreak
	lr.r = next
	return l
}

// skipLong returns the head of a line that is too long and skips the rest.
// Such a line never counts as blank, whatever it holds.
func (lr *lineReader) skipLong() line {
	n := rejectTextBytes
	for n > rejectTextBytes-utf8.UTFMax && !utf8.RuneStart(lr.buf[lr.r+n]) {
		n-- // not in the middle of a character
	}
	head := bytes.Clone(lr.buf[lr.r : lr.r+n])
	for {
		if i := lr.indexBreak(lr.r); i >= 0 {
			lr.r = i
			break
		}
		lr.r = lr.w
		if lr.eof {
			break
		}
		lr.fill()
	}
	continued := lr.hadText
	lr.hadText = true
	l := lr.segment(lr.r, min(lr.r+1, lr.w))
	l.text, l.tooLong, l.continued = head, true, continued
	return l
}

// fill reads more behind w, moving what is still needed to the front and
// growing the buffer when one line fills it.
func (lr *lineReader) fill() {
	from := lr.r
	if lr.keep >= 0 {
		from = lr.keep
	}
	if from > 0 {
		copy(lr.buf, lr.buf[from:lr.w])
		lr.w -= from
		lr.r -= from
		if lr.keep >= 0 {
			lr.keep = 0
		}
	}
	if lr.w == len(lr.buf) {
		lr.buf = append(lr.buf, make([]byte, len(lr.buf))...)
	}
	n, err := lr.src.Read(lr.buf[lr.w:])
	lr.w += n
	if err != nil {
		lr.eof = true
		if err != io.EOF {
			lr.err = err
		}
	}
}

// mark keeps everything from here on until release or rewind.
func (lr *lineReader) mark() position {
	lr.keep = lr.r
	return position{lr.count, lr.blank, lr.inLine, lr.hadText}
}

// release forgets the mark.
func (lr *lineReader) release() { lr.keep = -1 }

// rewind goes back to the mark.
func (lr *lineReader) rewind(p position) {
	lr.r, lr.keep = lr.keep, -1
	lr.count, lr.blank, lr.inLine, lr.hadText = p.count, p.blank, p.inLine, p.hadText
}

// arraySplitter puts a virtual break behind every opening bracket and comma
// of the outer array and before its closing bracket.
type arraySplitter struct {
	src io.Reader
	err error
	in  []byte // as read
	buf []byte // as split
	out []byte // what of buf was not handed on yet

	scan        scanner
	outer       byte // the bracket that opened the outermost value
	atLineStart bool // the next byte is the first of a physical line
	opening     bool // still on the line of the outer bracket
	hugs        bool // the first element begins on that line, "[ {"
	indented    bool // a line of the array begins with white space
	last        byte // the last byte of structure
	unclosed    int  // arrays that ended behind an element, without a bracket
}

func (s *arraySplitter) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		if s.in == nil {
			s.in = make([]byte, 64<<10)
		}
		var n int
		n, s.err = s.src.Read(s.in)
		s.buf = s.split(s.buf[:0], s.in[:n])
		s.out = s.buf
		if s.err == io.EOF {
			s.noteUnclosed()
		}
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// betweenElements tells whether the outer value is an array and no element of
// it is open.
func (s *arraySplitter) betweenElements() bool { return s.scan.depth == 1 && s.outer == '[' }

// split copies in to out with virtual breaks between the outer elements.
func (s *arraySplitter) split(out, in []byte) []byte {
	sc := &s.scan
	from := 0 // first byte not copied yet
	if s.atLineStart {
		s.noteIndent(in)
	}
	for i := 0; i < len(in); i++ {
		c := in[i]
		if !structural[c] && !sc.isEscaped {
			continue
		}
		if c == '\n' {
			// JSON allows no line break in a string: read the next line afresh.
			sc.inString, sc.isEscaped, s.opening = false, false, false
			s.noteIndent(in[i+1:])
			continue
		}
		if c == virtualBreak {
			out = append(append(out, in[from:i]...), delimiter) // as forbidden in JSON
			from = i + 1
		}
		if sc.inString {
			sc.inside(c)
			continue
		}
		switch c {
		case '"':
			sc.inString = true
		case '[', '{':
			s.open(c, s.startsLine(in, i))
			if c == '[' && s.betweenElements() {
				out = append(append(out, in[from:i+1]...), virtualBreak)
				from = i + 1
			}
		case ']', '}':
			if c == ']' && s.betweenElements() {
				out = append(append(out, in[from:i]...), virtualBreak)
				from = i
			}
			s.close(c, s.startsLine(in, i))
		case ',':
			if s.betweenElements() {
				out = append(append(out, in[from:i+1]...), virtualBreak)
				from = i + 1
			}
		}
		s.last = c
	}
	if len(in) > 0 {
		s.atLineStart = in[len(in)-1] == '\n'
	}
	return append(out, in[from:]...)
}

// noteUnclosed counts an array that ends where another element could follow.
func (s *arraySplitter) noteUnclosed() {
	if s.betweenElements() && s.last != ']' {
		s.unclosed++
	}
}

// open follows an opening bracket.
func (s *arraySplitter) open(c byte, startsLine bool) {
	sc := &s.scan
	if startsLine && c == '[' {
		s.noteUnclosed()
		sc.depth = 0 // an array at the start of a line: begin anew
	}
	switch sc.depth {
	case 0:
		s.outer = c
		s.opening, s.hugs, s.indented = c == '[', false, false
	case 1:
		s.hugs = s.hugs || s.opening
	}
	sc.depth++
}

// close follows a closing bracket.
func (s *arraySplitter) close(c byte, startsLine bool) {
	sc := &s.scan
	switch {
	case c == '}' && s.betweenElements():
		return // one too many; the array goes on
	case c == '}' && startsLine && s.hugs && s.indented && s.outer == '[':
		sc.depth = 2 // the end of an element, whatever was torn within it
	}
	sc.depth = max(sc.depth-1, 0)
}

// noteIndent looks at the first byte of a line.
func (s *arraySplitter) noteIndent(line []byte) {
	if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
		s.indented = true
	}
}

// startsLine tells whether in[i] is the first byte of a physical line.
func (s *arraySplitter) startsLine(in []byte, i int) bool {
	if i == 0 {
		return s.atLineStart
	}
	return in[i-1] == '\n'
}
