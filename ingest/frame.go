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

// maxNesting ends the search for the end of a pretty-printed body. A callback
// nests five levels deep, and reading on must not take long where every line
// looks like the beginning of one.
const maxNesting = 16

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
	joined  []byte // a body put together from its lines
}

// frames cuts all of r and calls emit for each frame; the frame's slices are
// valid only during the call. A source that breaks (a cut gzip, say) gives
// everything before the break and then one frame whose problem names it; the
// error returned is emit's alone.
func frames(r io.Reader, emit func(frame) error) (stats, error) {
	f := &framer{lines: newLineReader(r), emit: emit}
	defer f.lines.close()
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
	if err := f.reportUnclosed(); err != nil {
		return err
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

// reportUnclosed emits a frame when an array file ended behind an element,
// without its closing bracket. No line of it is torn, but some may be missing.
func (f *framer) reportUnclosed() error {
	if f.lines.array == nil || f.lines.array.unclosed == 0 || f.broken {
		return nil
	}
	return f.send(f.lines.count, "unclosed_array", []byte(unclosedDetail), nil)
}

const unclosedDetail = "a JSON array has no closing bracket; the file may be cut short"

// line frames one line, and the lines behind it when a body goes on there.
func (f *framer) line(l line) error {
	text := bytes.TrimSpace(l.text)
	if len(text) == 0 && !l.tooLong {
		f.inHTTP = false
		return nil
	}
	if len(f.context) > 0 && isHTTPStart(text) {
		if err := f.flushContext(); err != nil {
			return err
		}
	}
	f.take(l)
	if l.tooLong {
		return f.send(l.number, "line_too_long", []byte(tooLongDetail), text)
	}
	if l.cut && !isWhole(text) {
		return f.reportBreak(l.number, text)
	}
	if f.inHTTP && isHeader(text) && len(f.context) < rejectTextBytes {
		f.context = append(append(f.context, '\n'), text...)
		return nil
	}
	f.inHTTP = false
	switch {
	case l.inArray && isPunctuation(text):
		return nil // stays pending, counted with the next body
	case text[0] == '{' && !isDoubled(text):
		return f.object(l, text)
	case text[0] == '[' && startsArray(text):
		return f.array(l.number, text)
	case isHTTPStart(text):
		f.context = append(f.context[:0], text...)
		f.inHTTP = true
		return nil
	}
	return f.logLine(l.number, text)
}

const tooLongDetail = "longer than 15 MB"

// isWhole tells whether a line that the source broke in is complete.
func isWhole(text []byte) bool {
	if json.Valid(trimComma(text)) {
		return true
	}
	start, end, callbacks := jsonInText(text)
	return text[0] != '{' && callbacks > 0 && json.Valid(text[start:end])
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
	if problem == "" {
		problem, context, body = checked(context, body)
	}
	if problem == "" {
		if inner, around := unwrap(body); inner != nil {
			if len(around) == rejectTextBytes {
				around = bytes.ToValidUTF8(around, nil) // cut in a character
			}
			context, body = append(bytes.Clone(context), around...), inner
		}
	}
	fr := frame{line: number, lines: f.pending, problem: problem, context: context, body: body}
	f.stats.frames++
	f.stats.frameLines += int64(f.pending)
	f.pending, f.context = 0, f.context[:0]
	return f.emit(fr)
}

// checked sees to it that a body is one line of bounded length, which the
// database's readers rely on.
func checked(context, body []byte) (string, []byte, []byte) {
	switch {
	case len(body) > maxBodyBytes: // joined from lines, or grown by the repair
		return "line_too_long", []byte(tooLongDetail), bytes.ToValidUTF8(body[:rejectTextBytes], nil)
	case hasControl(body):
		return "malformed_json", context, body
	case bytes.IndexByte(body, '\r') < 0:
		return "", context, body
	case json.Valid(body): // then it is white space between the members
		return "", context, bytes.ReplaceAll(body, []byte("\r"), []byte(" "))
	}
	return "malformed_json", context, body
}

// object frames a line that starts with a brace.
func (f *framer) object(l line, text []byte) error {
	if body := trimComma(text); body[len(body)-1] == '}' {
		return f.send(l.number, "", f.context, body)
	}
	indent := indentation(l.text)
	if opensMore(text) {
		joined, ok := f.more(text)
		if ok {
			return f.send(l.number, "", f.context, joined)
		}
		text = joined
	}
	if len(text) == 1 {
		return f.torn(l.number, indent, text)
	}
	return f.send(l.number, "malformed_json", f.context, text)
}

// torn rejects a pretty-printed body that never closes: its opening brace,
// the lines behind it that are indented deeper, and its own closing brace.
func (f *framer) torn(number int64, indent int, text []byte) error {
	for closed := false; !closed && len(text) < maxBodyBytes; {
		mark := f.lines.mark()
		l, err := f.lines.next()
		if err != nil {
			f.lines.rewind(mark)
			if err == io.EOF && f.lines.err != nil {
				return f.reportBreak(number, text)
			}
			break
		}
		t := bytes.TrimSpace(l.text)
		deeper := indentation(l.text) > indent
		closed = !deeper && len(t) > 0 && t[0] == '}' && isClosing(t[1:])
		if l.continued || startsBody(t) || len(t) > 0 && !deeper && !closed {
			f.lines.rewind(mark)
			break
		}
		f.lines.release()
		if len(t) > 0 {
			f.take(l)
			text = append(append(text, ' '), t...)
		}
	}
	return f.send(number, "malformed_json", f.context, text)
}

// more reads on until the value begun by text closes and returns its lines
// joined. If it never does, the lines taken are given back and read one by
// one, so that a torn line costs itself only; then a copy of text is returned,
// for reading on may have moved the buffer.
func (f *framer) more(text []byte) ([]byte, bool) {
	var s scanner
	body := append(f.joined[:0], text...)
	closed := s.scan(text) >= 0
	mark := f.lines.mark()
	pending := f.pending
	for !closed && !s.inString && !s.torn && s.depth <= maxNesting && len(body) < maxBodyBytes {
		l, err := f.lines.next()
		if err != nil || l.continued {
			break // continued: the next element of an array file
		}
		t := bytes.TrimRight(l.text, "\r")
		if !fits(&s, body, t) {
			break // the earlier line was torn
		}
		if len(bytes.TrimSpace(t)) > 0 {
			f.pending++
		}
		body = append(append(body, ' '), t...)
		if end := s.scan(t); end >= 0 {
			if closed = true; !isClosing(t[end:]) {
				break
			}
			f.lines.release()
			f.joined = body
			return body[:len(body)-len(t)+end], true
		}
	}
	f.lines.rewind(mark)
	f.pending = pending
	f.joined = body
	return body[:len(text)], false
}

// fits tells whether a line can go on with the value read so far. Between the
// elements of an array there are commas, and within an object no unindented
// body begins.
func fits(s *scanner, read, text []byte) bool {
	if read[0] != '[' || s.depth > 1 {
		return !startsBody(text)
	}
	text = bytes.TrimLeft(text, " \t")
	return len(text) == 0 || text[0] == ',' || text[0] == ']' || opensMore(bytes.TrimRight(read, " \t"))
}

// array frames a line that is a JSON array of bodies.
func (f *framer) array(number int64, text []byte) error {
	if opensMore(text) {
		text, _ = f.more(text)
	}
	if !bytes.Contains(text, []byte("{")) {
		return f.notBody(number, f.context, text)
	}
	context := bytes.Clone(f.context) // of each element
	rest := bytes.TrimSpace(text[1:])
	for len(rest) > 0 && rest[0] != ']' {
		end := elementEnd(rest)
		if err := f.element(number, context, bytes.TrimSpace(rest[:end])); err != nil {
			return err
		}
		if end == len(rest) {
			return nil // torn within an element, which was rejected
		}
		if rest[end] == ',' {
			end++
		}
		rest = bytes.TrimSpace(rest[end:])
	}
	switch {
	case len(rest) == 0:
		return f.send(number, "unclosed_array", []byte(unclosedDetail), nil)
	case !isClosing(rest):
		return f.notBody(number, context, rest)
	}
	return nil
}

// element frames one element of an array.
func (f *framer) element(number int64, context, text []byte) error {
	switch {
	case len(text) == 0:
		return nil
	case text[0] == '{' && valueEnd(text) == len(text):
		return f.send(number, "", context, text)
	}
	return f.notBody(number, context, text)
}

// notBody rejects text that is no object.
func (f *framer) notBody(number int64, context, text []byte) error {
	if json.Valid(text) {
		return f.send(number, "not_an_object", context, text)
	}
	return f.send(number, "malformed_json", context, text)
}

// flushContext rejects an HTTP request that brought no body.
func (f *framer) flushContext() error {
	text := append([]byte(nil), f.context...)
	return f.send(f.first, "http_without_body", nil, text)
}

// logLine frames a line with text before the JSON, or rejects it.
func (f *framer) logLine(number int64, text []byte) error {
	start, end, callbacks := jsonInText(text)
	if callbacks > 1 {
		return f.send(number, "several_bodies", f.context, text)
	}
	if callbacks == 0 {
		if body, from, to := quotedJSON(text); body != nil && (start < 0 || namesCallback(body)) {
			return f.send(number, "", f.around(text, from, to), body)
		}
	}
	if value := bytes.TrimRight(text, ", \t"); json.Valid(value) {
		return f.send(number, "not_an_object", f.context, value)
	}
	if start >= 0 {
		return f.send(number, "", f.around(text, start, end), text[start:end])
	}
	if start := unclosedBrace(text); start >= 0 && opensMore(text) {
		text = bytes.Clone(text)
		if body, ok := f.more(text[start:]); ok {
			return f.send(number, "", f.around(text, start, len(text)), body)
		}
	}
	return f.send(number, "malformed_json", f.context, text)
}

// around joins what stands around a body: the headers of a request, the text
// before the body in its line, and the text behind it.
func (f *framer) around(text []byte, start, end int) []byte {
	around := make([]byte, 0, len(f.context)+len(text)-(end-start)+2)
	if len(f.context) > 0 {
		around = append(append(around, f.context...), '\n')
	}
	around = append(append(around, text[:start]...), ' ')
	return append(around, text[end:]...)
}
