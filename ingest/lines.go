package ingest

import (
	"bytes"
	"errors"
	"io"
)

// virtualBreak separates the elements of a JSON array that fills a file. It
// stands for a line break that is not in the file, so that one array of any
// length is read in bounded memory and physical line numbers still hold.
const virtualBreak = 0x1e

// line is one physical line, or one element of a JSON array within it.
type line struct {
	text      []byte // without the line break; valid until the next call
	number    int64  // physical line, from 1
	continued bool   // the physical line began in an earlier segment
	tooLong   bool   // cut at rejectTextBytes; the rest was skipped
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
	inArray      bool
}

// position is a place to rewind to.
type position struct {
	r            int
	count, blank int64
	inLine       bool
}

const readBytes = 1 << 20

func newLineReader(src io.Reader) *lineReader {
	lr := &lineReader{src: src, buf: make([]byte, readBytes), keep: -1}
	for lr.w < 512 && !lr.eof {
		lr.fill()
	}
	if bytes.HasPrefix(lr.buf[:lr.w], []byte("\xef\xbb\xbf")) {
		lr.r = 3
	}
	if isArrayFile(lr.buf[lr.r:lr.w]) {
		lr.inArray = true
		head := bytes.Clone(lr.buf[lr.r:lr.w])
		rest := io.MultiReader(bytes.NewReader(head), &restReader{lr.src, lr.eof, lr.err})
		*lr = lineReader{src: &arraySplitter{src: rest}, buf: lr.buf, keep: -1, inArray: true}
	}
	return lr
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
	return len(rest) > 0 && rest[0] == '{'
}

var errTooLong = errors.New("line too long to be read again")

// next returns the next segment, or io.EOF. A source that breaks ends the
// lines: what was read of the last line is returned first, then err is set.
func (lr *lineReader) next() (line, error) {
	from := lr.r
	for {
		if i := lr.indexBreak(from); i >= 0 {
			return lr.segment(i, i+1), nil
		}
		if lr.w-lr.r > maxBodyBytes {
			if lr.keep >= 0 {
				return line{}, errTooLong // would lose the mark
			}
			return lr.skipLong(), nil
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
	if lr.inArray {
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
	l := line{text: lr.buf[lr.r:end], continued: lr.inLine, inArray: lr.inArray}
	atBreak := end == next || lr.buf[end] == '\n'
	if !lr.inLine {
		lr.count++
		if atBreak && len(bytes.TrimSpace(l.text)) == 0 {
			lr.blank++
		}
	}
	l.number = lr.count
	lr.inLine = !atBreak
	lr.r = next
	return l
}

// skipLong returns the head of a line that is too long and skips the rest.
func (lr *lineReader) skipLong() line {
	head := bytes.Clone(lr.buf[lr.r : lr.r+rejectTextBytes])
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
	next := min(lr.r+1, lr.w)
	l := lr.segment(lr.r, next)
	l.text, l.tooLong = head, true
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
	return position{r: 0, count: lr.count, blank: lr.blank, inLine: lr.inLine}
}

// release forgets the mark.
func (lr *lineReader) release() { lr.keep = -1 }

// rewind goes back to the mark.
func (lr *lineReader) rewind(p position) {
	if lr.keep >= 0 {
		lr.r = lr.keep + p.r
		lr.count, lr.blank, lr.inLine = p.count, p.blank, p.inLine
	}
	lr.keep = -1
}

// arraySplitter puts a virtual break behind every opening bracket and comma
// of the outer array and before its closing bracket.
type arraySplitter struct {
	src     io.Reader
	in, out []byte
	scan    scanner
	line    int // bytes of the current line so far, for finding its start
	err     error
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
		s.out = s.split(make([]byte, 0, n+n/8+8), s.in[:n])
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// split copies in to out with virtual breaks between the outer elements.
func (s *arraySplitter) split(out, in []byte) []byte {
	sc := &s.scan
	for _, c := range in {
		if sc.inString {
			s.inString(c)
			out = append(out, c)
			continue
		}
		switch c {
		case '"':
			sc.inString = true
		case '\n':
			s.line = -1
		case '[', '{':
			if s.line == 0 && c == '[' {
				sc.depth = 0 // an array at the start of a line: begin anew
			}
			sc.depth++
			if sc.depth == 1 && c == '[' {
				out = append(out, c, virtualBreak)
				s.line++
				continue
			}
		case ']', '}':
			if sc.depth == 1 && c == ']' {
				out = append(out, virtualBreak)
			}
			sc.depth = max(sc.depth-1, 0)
		case ',':
			if sc.depth == 1 {
				out = append(out, c, virtualBreak)
				s.line++
				continue
			}
		case virtualBreak:
			c = ' '
		}
		s.line++
		out = append(out, c)
	}
	return out
}

// inString follows one byte of a string; a line break ends it, since JSON
// allows none there and the next line should be read afresh.
func (s *arraySplitter) inString(c byte) {
	sc := &s.scan
	switch {
	case c == '\n':
		sc.inString, sc.isEscaped = false, false
		s.line = -1
	case sc.isEscaped:
		sc.isEscaped = false
	case c == '\\':
		sc.isEscaped = true
	case c == '"':
		sc.inString = false
	}
	s.line++
}
