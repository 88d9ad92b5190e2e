package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// maxBodyBytes is the longest body or line taken. A push holds at most 50
// call records of about 1 kB, so anything near this size is no callback, and
// the bound keeps memory flat.
const maxBodyBytes = 15 << 20

// maxNesting ends the search for the end of a pretty-printed body; a callback
// nests five levels deep.
const maxNesting = 64

// frame is one body, or one piece of text that cannot be one, cut out of a
// file. Whether a body is valid JSON and what it means is decided by SQL.
type frame struct {
	line    int64  // physical line the body starts on, from 1
	lines   int    // non-blank physical lines it covers that no earlier frame did
	problem string // a reason of the rejects table; empty for a body
	context []byte // text around the body: a log line's prefix, HTTP headers
	body    []byte // the JSON text on one line, or the rejected text
}

// stats counts what a framer saw of one file.
type stats struct {
	lines, blank, frames, frameLines, repaired int64
}

// framer cuts a stream into frames: a body per line, JSON arrays,
// pretty-printed bodies, HTTP request dumps and log lines with text before
// the JSON, in any mixture. It never loses a line: every non-blank line is
// counted in exactly one frame.
type framer struct {
	lines *lineReader
	emit  func(frame) error
	stats stats

	context []byte // headers of the HTTP request being read
	inHTTP  bool   // between a request line and the end of its headers
	pending int    // non-blank lines seen that belong to the next frame
	first   int64  // line number of the first pending line
	broken  bool   // the source's break has been reported
}

// frames cuts all of r and calls emit for each frame; the frame's slices are
// valid only during the call. A source that breaks (a cut gzip, say) gives
// everything before the break and then one frame whose problem names it; the
// error returned is emit's alone.
func frames(r io.Reader, emit func(frame) error) (stats, error) {
	f := &framer{lines: newLineReader(r), emit: emit}
	err := f.run()
	f.stats.lines, f.stats.blank = f.lines.count, f.lines.blank
	return f.stats, err
}

func (f *framer) run() error {
	for {
		l, err := f.lines.next()
		if err != nil {
			break // only ever the end; a broken source shows in lines.err
		}
		if err := f.line(l); err != nil {
			return err
		}
	}
	if len(f.context) > 0 {
		if err := f.flushContext(); err != nil {
			return err
		}
	}
	if f.lines.err != nil && !f.broken {
		if err := f.reportBreak(f.lines.count+1, nil); err != nil {
			return err
		}
	}
	f.stats.frameLines += int64(f.pending) // closing brackets of the last array
	f.pending = 0
	return nil
}

// reportBreak emits the frame that names where and how the source broke.
func (f *framer) reportBreak(number int64, text []byte) error {
	f.broken = true
	reason, detail := "read_error", f.lines.err.Error()
	var d *damage
	if errors.As(f.lines.err, &d) {
		reason = d.reason
	}
	return f.send(number, reason, []byte(detail), text)
}

// line frames one line, and the lines behind it when a body goes on there.
func (f *framer) line(l line) error {
	text := bytes.TrimSpace(l.text)
	if len(text) == 0 {
		f.inHTTP = false
		return nil
	}
	f.take(l)
	if l.tooLong {
		return f.send(l.number, "line_too_long", []byte("longer than 15 MB"), text)
	}
	if l.cut && !json.Valid(text) {
		return f.reportBreak(l.number, text)
	}
	if f.inHTTP && isHeader(text) {
		f.context = append(append(f.context, '\n'), text...)
		return nil
	}
	f.inHTTP = false
	switch {
	case text[0] == '{':
		return f.object(l.number, trimComma(text))
	case text[0] == '[' && startsArray(text):
		return f.array(l.number, text)
	case isHTTPStart(text):
		return f.startHTTP(text)
	case l.inArray && isPunctuation(text):
		return nil // stays pending, counted with the next body
	}
	return f.logLine(l.number, text)
}

// take notes a non-blank line as pending until a frame claims it.
func (f *framer) take(l line) {
	if !l.continued {
		if f.pending == 0 {
			f.first = l.number
		}
		f.pending++
	}
}

// send emits one frame and charges the pending lines to it.
func (f *framer) send(number int64, problem string, context, body []byte) error {
	if !utf8.Valid(body) || !utf8.Valid(context) {
		f.stats.repaired++
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
		context = bytes.ToValidUTF8(context, []byte("\uFFFD"))
	}
	if problem == "" && hasControl(body) {
		problem = "malformed_json"
	}
	fr := frame{line: number, lines: f.pending, problem: problem, context: context, body: body}
	f.stats.frames++
	f.stats.frameLines += int64(f.pending)
	f.pending, f.context = 0, f.context[:0]
	return f.emit(fr)
}

// object frames a line that starts with a brace.
func (f *framer) object(number int64, text []byte) error {
	if text[len(text)-1] == '}' && len(text) > 2 {
		return f.send(number, "", f.context, text)
	}
	if opensMore(text) {
		text = bytes.Clone(text) // reading on may move the buffer
		if body, ok := f.more(text); ok {
			return f.send(number, "", f.context, body)
		}
	}
	if end := valueEnd(text); end == len(text) {
		return f.send(number, "", f.context, text)
	}
	return f.send(number, "malformed_json", f.context, text)
}

// more reads on until the value begun by text closes. If it never does, the
// lines taken are given back and read one by one, so that a torn line costs
// itself only.
func (f *framer) more(text []byte) ([]byte, bool) {
	var s scanner
	body := append([]byte(nil), text...)
	if s.scan(text) >= 0 || s.inString {
		return nil, false
	}
	mark := f.lines.mark()
	pending := f.pending
	for len(body) < maxBodyBytes && s.depth <= maxNesting {
		l, err := f.lines.next()
		if err != nil || l.tooLong {
			break
		}
		t := bytes.TrimRight(l.text, "\r")
		if startsBody(t) && !l.continued {
			break // an unindented body: the earlier line was torn
		}
		if len(bytes.TrimSpace(t)) > 0 && !l.continued {
			f.pending++
		}
		body = append(append(body, ' '), t...)
		end := s.scan(t)
		if s.inString {
			break // a line break inside a string is not JSON
		}
		if end >= 0 {
			if rest := trimComma(bytes.TrimSpace(t[end:])); len(rest) > 0 && !isPunctuation(rest) {
				break
			}
			f.lines.release()
			return body[:len(body)-len(t)+end], true
		}
	}
	f.lines.rewind(mark)
	f.pending = pending
	return nil, false
}

// array frames a line that is a JSON array of bodies.
func (f *framer) array(number int64, text []byte) error {
	if opensMore(text) {
		text = bytes.Clone(text)
		if body, ok := f.more(text); ok {
			return f.array(number, body)
		}
	}
	inner := bytes.TrimSpace(text[1:])
	for len(inner) > 0 && inner[0] == '{' {
		end := valueEnd(inner)
		if end < 0 {
			break
		}
		if err := f.send(number, "", f.context, inner[:end]); err != nil {
			return err
		}
		inner = bytes.TrimSpace(inner[end:])
		if len(inner) == 1 && inner[0] == ']' {
			return nil
		}
		if len(inner) == 0 || inner[0] != ',' {
			break
		}
		inner = bytes.TrimSpace(inner[1:])
	}
	problem := "malformed_json"
	if json.Valid(text) {
		problem = "not_an_object"
	}
	return f.send(number, problem, f.context, text)
}

// startHTTP notes the request line of an HTTP dump; headers follow.
func (f *framer) startHTTP(text []byte) error {
	if len(f.context) > 0 {
		f.pending-- // this line belongs to the new request
		if err := f.flushContext(); err != nil {
			return err
		}
		f.pending++
	}
	f.context = append(f.context[:0], text...)
	f.inHTTP = true
	return nil
}

// flushContext rejects an HTTP request that brought no body.
func (f *framer) flushContext() error {
	text := append([]byte(nil), f.context...)
	return f.send(f.first, "http_without_body", nil, text)
}

// logLine frames a line with text before the JSON, or rejects it.
func (f *framer) logLine(number int64, text []byte) error {
	if json.Valid(text) {
		return f.send(number, "not_an_object", f.context, text)
	}
	if start, end := jsonInText(text); start >= 0 {
		around := make([]byte, 0, 256)
		around = append(append(around, text[:start]...), ' ')
		around = append(around, text[end:]...)
		return f.send(number, "", around, text[start:end])
	}
	if quoted := quotedJSON(text); quoted != nil {
		return f.send(number, "", text[:bytes.IndexByte(text, '"')], quoted)
	}
	if start := bytes.IndexByte(text, '{'); start >= 0 && opensMore(text) {
		text = bytes.Clone(text)
		if body, ok := f.more(text[start:]); ok {
			return f.send(number, "", text[:start], body)
		}
	}
	return f.send(number, "malformed_json", f.context, text)
}

// jsonInText finds the callback in a log line: the first balanced object that
// names a callback's member, else the first balanced object.
func jsonInText(text []byte) (start, end int) {
	start, end = -1, -1
	for i := 0; i < len(text); i++ {
		if text[i] != '{' || !opensObject(text[i:]) {
			continue
		}
		n := valueEnd(text[i:])
		if n < 0 {
			return start, end
		}
		if start < 0 || namesCallback(text[i:i+n]) {
			start, end = i, i+n
		}
		if namesCallback(text[i : i+n]) {
			return start, end
		}
		i += n - 1
	}
	return start, end
}

// quotedJSON reads a body that a log line holds as a quoted string with
// backslashes. It returns nil when there is none.
func quotedJSON(text []byte) []byte {
	i := bytes.Index(text, []byte(`"{\"`))
	if i < 0 {
		return nil
	}
	var s string
	if err := json.NewDecoder(bytes.NewReader(text[i:])).Decode(&s); err != nil {
		return nil
	}
	b := bytes.TrimSpace([]byte(s))
	if bytes.IndexByte(b, '\n') >= 0 {
		b = bytes.ReplaceAll(b, []byte("\n"), []byte(" "))
	}
	return b
}

var callbackMembers = [][]byte{[]byte(`"eventType"`), []byte(`"feeLst"`), []byte(`"smsEvent"`), []byte(`"numInfo"`), []byte(`"statusInfo"`)}

func namesCallback(text []byte) bool {
	for _, m := range callbackMembers {
		if bytes.Contains(text, m) {
			return true
		}
	}
	return false
}

// opensObject tells whether a brace starts a JSON object and not, say, a
// Python dict or a log's own braces.
func opensObject(text []byte) bool {
	rest := bytes.TrimLeft(text[1:], " \t")
	return len(rest) > 0 && rest[0] == '"'
}

// startsBody tells whether an unindented line begins a new body.
func startsBody(text []byte) bool {
	return len(text) > 2 && text[0] == '{' && opensObject(text) && text[len(text)-1] == '}' && namesCallback(text)
}

// opensMore tells whether a line ends where a pretty-printer breaks it.
func opensMore(text []byte) bool {
	switch text[len(text)-1] {
	case '{', '[', ',':
		return true
	}
	return false
}

func startsArray(text []byte) bool {
	rest := bytes.TrimLeft(text[1:], " \t")
	return len(rest) == 0 || rest[0] == '{' || rest[0] == ']' || json.Valid(text)
}

func isPunctuation(text []byte) bool {
	return len(bytes.Trim(text, "[], \t\r")) == 0
}

func trimComma(text []byte) []byte {
	if n := len(text); n > 1 && text[n-1] == ',' && text[n-2] == '}' {
		return text[:n-1]
	}
	return text
}

var httpMethods = [][]byte{[]byte("POST "), []byte("PUT "), []byte("GET "), []byte("HTTP/1.")}

func isHTTPStart(text []byte) bool {
	for _, m := range httpMethods {
		if bytes.HasPrefix(text, m) {
			return m[len(m)-1] == '.' || bytes.Contains(text, []byte(" HTTP/"))
		}
	}
	return false
}

// isHeader tells whether a line reads "Name: value".
func isHeader(text []byte) bool {
	i := bytes.IndexByte(text, ':')
	return i > 0 && bytes.IndexAny(text[:i], " \t{[\"") < 0
}

// hasControl finds bytes that JSON forbids and that would upset a text reader.
func hasControl(text []byte) bool {
	return bytes.IndexByte(text, 0) >= 0 || bytes.IndexByte(text, delimiter) >= 0
}

// scanner follows brackets and strings; it does not validate.
type scanner struct {
	depth               int
	inString, isEscaped bool
}

// scan reads on in text and returns the index behind the byte that closes the
// value, or -1 when the value goes on.
func (s *scanner) scan(text []byte) int {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if s.inString {
			switch {
			case s.isEscaped:
				s.isEscaped = false
			case c == '\\':
				s.isEscaped = true
			case c == '"':
				s.inString = false
			}
			continue
		}
		switch c {
		case '"':
			s.inString = true
		case '{', '[':
			s.depth++
		case '}', ']':
			if s.depth--; s.depth <= 0 {
				return i + 1
			}
		}
	}
	return -1
}

// valueEnd returns the length of the object or array at the start of text, or
// -1 when it does not close.
func valueEnd(text []byte) int {
	var s scanner
	return s.scan(text)
}
