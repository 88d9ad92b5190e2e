package ingest

import (
	"bytes"
	"encoding/json"
)

// What a stretch of text looks like: where a value ends, whether a line begins
// a body, goes on with one, or is none. Looks only; SQL decides what it is.

// jsonInText finds the callback in a log line: the first balanced object that
// names a callback's member, else the first balanced object. It also tells
// how many callbacks there are.
func jsonInText(text []byte) (start, end, callbacks int) {
	start, end = -1, -1
	for i := 0; i < len(text); i++ {
		n := bytes.IndexByte(text[i:], '{')
		if n < 0 {
			break
		}
		i += n
		if !opensObject(text[i:]) {
			continue
		}
		if n = valueEnd(text[i:]); n < 0 {
			break
		}
		isCallback := namesCallback(text[i : i+n])
		if isCallback {
			callbacks++
		}
		if start < 0 || isCallback && callbacks == 1 {
			start, end = i, i+n
		}
		i += n - 1
	}
	return start, end, callbacks
}

// quotedJSON reads a body that a log line holds as a quoted string with
// backslashes, and tells where. It returns nil when there is none.
func quotedJSON(text []byte) (body []byte, start, end int) {
	start = bytes.Index(text, []byte(`"{\`))
	if start < 0 {
		return nil, 0, 0
	}
	var s string
	d := json.NewDecoder(bytes.NewReader(text[start:]))
	if err := d.Decode(&s); err != nil {
		return nil, 0, 0
	}
	body = bytes.TrimSpace(bytes.ReplaceAll([]byte(s), []byte("\n"), []byte(" ")))
	if body[len(body)-1] != '}' {
		return nil, 0, 0
	}
	return body, start, start + int(d.InputOffset())
}

// unclosedBrace finds the first brace that does not close within the line.
func unclosedBrace(text []byte) int {
	for i := 0; i < len(text); i++ {
		if text[i] != '{' {
			continue
		}
		n := valueEnd(text[i:])
		if n < 0 {
			return i
		}
		i += n - 1
	}
	return -1
}

// callbackMembers lack the closing quote: in a body wrapped as a string it is
// escaped.
var callbackMembers = [][]byte{[]byte(`"eventType`), []byte(`"feeLst`), []byte(`"smsEvent`), []byte(`"numInfo`), []byte(`"statusInfo`)}

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

// isDoubled tells whether a line has an extra pair of braces around its body.
func isDoubled(text []byte) bool { return len(text) > 1 && text[1] == '{' }

// indentation counts the white space a line begins with.
func indentation(text []byte) int { return len(text) - len(bytes.TrimLeft(text, " \t")) }

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

// startsArray tells whether a line that starts with a bracket begins an array
// and not a log's prefix.
func startsArray(text []byte) bool {
	rest := bytes.TrimLeft(text[1:], " \t")
	if len(rest) == 0 || rest[0] == '{' && len(bytes.TrimSpace(rest)) == 1 {
		return true
	}
	if rest[0] != '{' {
		return json.Valid(text)
	}
	end := valueEnd(text)
	return opensObject(rest) && (end < 0 || isClosing(text[end:]))
}

func isPunctuation(text []byte) bool {
	return len(bytes.Trim(text, "[], \t\r")) == 0
}

// isClosing tells whether nothing is left that a body could begin with.
func isClosing(text []byte) bool {
	return len(bytes.Trim(text, "], \t\r")) == 0
}

// trimComma takes the comma off that follows an object in an array.
func trimComma(text []byte) []byte {
	if text[len(text)-1] != ',' {
		return text
	}
	if t := bytes.TrimRight(text, ", \t"); len(t) > 0 && t[len(t)-1] == '}' {
		return t
	}
	return text
}

var httpMethods = [][]byte{[]byte("POST "), []byte("PUT "), []byte("GET "), []byte("HTTP/1.")}

// isHTTPStart tells whether a line begins an HTTP request or response. A log
// line that begins alike but has the body in it is none.
func isHTTPStart(text []byte) bool {
	for _, m := range httpMethods {
		if bytes.HasPrefix(text, m) {
			return (m[len(m)-1] == '.' || bytes.Contains(text, []byte(" HTTP/"))) && !namesCallback(text)
		}
	}
	return false
}

// isHeader tells whether a line reads "Name: value" and holds no body.
func isHeader(text []byte) bool {
	i := bytes.IndexByte(text, ':')
	return i > 0 && !bytes.ContainsAny(text[:i], " \t{[\"") && !namesCallback(text)
}

// hasControl finds bytes that JSON forbids and that would upset a text reader.
func hasControl(text []byte) bool {
	return bytes.IndexByte(text, 0) >= 0 || bytes.IndexByte(text, delimiter) >= 0
}

// scanner follows brackets and strings; it does not validate.
type scanner struct {
	depth               int
	brackets            uint64 // those open, innermost in the lowest bit; 1 is a square one
	inString, isEscaped bool
	torn                bool // brackets do not match, or nest too deep
}

// structural marks the bytes that matter to the scanners.
var structural = [256]bool{
	'"': true, '\\': true, '{': true, '}': true, '[': true, ']': true, ',': true, '\n': true, virtualBreak: true,
}

// scan reads on in text and returns the index behind the byte that closes the
// value, or -1 when the value goes on.
func (s *scanner) scan(text []byte) int {
	for i, c := range text {
		if !structural[c] && !s.isEscaped {
			continue
		}
		if s.inString {
			s.inside(c)
			continue
		}
		switch c {
		case '"':
			s.inString = true
		case '{', '[':
			s.depth++
			s.brackets = s.brackets<<1 | isSquare(c)
			s.torn = s.torn || s.depth > 64
		case '}', ']':
			s.depth--
			s.torn = s.torn || s.brackets&1 != isSquare(c)
			s.brackets >>= 1
			if s.torn {
				return -1
			}
			if s.depth <= 0 {
				return i + 1
			}
		}
	}
	return -1
}

// isSquare returns 1 for a square bracket.
func isSquare(c byte) uint64 {
	if c == '[' || c == ']' {
		return 1
	}
	return 0
}

// inside follows one byte of a string.
func (s *scanner) inside(c byte) {
	switch {
	case s.isEscaped:
		s.isEscaped = false
	case c == '\\':
		s.isEscaped = true
	case c == '"':
		s.inString = false
	}
}

// valueEnd returns the length of the object or array at the start of text, or
// -1 when it does not close.
func valueEnd(text []byte) int {
	var s scanner
	return s.scan(text)
}

// elementEnd returns where the first element of an array's inside ends: the
// index of the comma or bracket behind it, or the length of text.
func elementEnd(text []byte) int {
	s := scanner{depth: 1, brackets: isSquare('[')}
	for i, c := range text {
		if s.depth == 1 && !s.inString && (c == ',' || c == ']') {
			return i
		}
		s.scan(text[i : i+1])
	}
	return len(text)
}
