package ingest

import (
	"bytes"
	"encoding/json"
)

// unwrap takes a push, event or status notice out of the object that a
// receiver wrapped it in, as an object or as a string, and returns what stood
// around it (receive time, headers). It does nothing unless there is exactly
// one: what is left wrapped, SMS notices among it, is unwrapped by SQL, which
// needs three times as long.
func unwrap(body []byte) (inner, around []byte) {
	if _, plain := cutMember(body[1:], `"eventType"`); plain {
		return nil, nil
	}
	const name = `eventType`
	at := bytes.Index(body, []byte(name))
	if at < 2 || bytes.Contains(body[at+len(name):], []byte(name)) || bytes.Contains(body, []byte(`smsEvent`)) {
		return nil, nil // none, or two of which one would be lost
	}
	if valueEnd(body) != len(body) {
		return nil, nil // a torn wrapper, or something behind it
	}
	if body[at-2] == '\\' {
		return unquote(body, at-2)
	}
	start := lastNonBlank(body[:at-1])
	if start < 1 || body[start] != '{' {
		return nil, nil
	}
	n := valueEnd(body[start:])
	if n < 0 {
		return nil, nil
	}
	return body[start : start+n], outside(body, start, start+n)
}

// unquote takes out a body that is a string with backslashes; name is where
// its first member's name begins.
func unquote(body []byte, name int) (inner, around []byte) {
	brace := lastNonBlank(body[:name])
	if brace < 1 || body[brace] != '{' {
		return nil, nil
	}
	start := lastNonBlank(body[:brace])
	if start < 1 || body[start] != '"' {
		return nil, nil // a body behind other text within the string
	}
	d := json.NewDecoder(bytes.NewReader(body[start:]))
	var s string
	if err := d.Decode(&s); err != nil {
		return nil, nil
	}
	inner = bytes.TrimSpace([]byte(s))
	for i, c := range inner {
		if c == '\n' || c == '\r' {
			inner[i] = ' '
		}
	}
	if inner[len(inner)-1] != '}' || hasControl(inner) {
		return nil, nil
	}
	return inner, outside(body, start, start+int(d.InputOffset()))
}

// lastNonBlank returns the index of the last byte that is no blank, or -1.
func lastNonBlank(text []byte) int { return len(bytes.TrimRight(text, " \t")) - 1 }

// outside returns what stands before start and behind end, at most
// rejectTextBytes of it.
func outside(text []byte, start, end int) []byte {
	around := make([]byte, 0, start+len(text)-end+1)
	around = append(append(append(around, text[:start]...), ' '), text[end:]...)
	if len(around) > rejectTextBytes {
		around = bytes.ToValidUTF8(around[:rejectTextBytes], nil)
	}
	return around
}
