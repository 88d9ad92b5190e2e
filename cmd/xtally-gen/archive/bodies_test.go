package archive_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// found is what lies at one place of a file: the text of a body, or something
// else that a loader must look at. line counts from 1, 0 is unknown.
type found struct {
	line int64
	text []byte
}

// bodiesOf takes a file apart by its extension.
func bodiesOf(t *testing.T, u unit) []found {
	t.Helper()
	data := bytes.TrimPrefix(u.data, []byte("\xef\xbb\xbf"))
	switch name := u.name(); {
	case strings.HasSuffix(name, ".http"):
		return requests(t, data)
	case strings.HasSuffix(name, ".json"):
		return documents(t, data)
	case strings.HasSuffix(name, ".log"):
		return lines(data, logBody)
	}
	return lines(data, wrappedBody)
}

// lines returns the whole lines that are not blank.
func lines(data []byte, body func([]byte) []byte) []found {
	var all []found
	for n := int64(1); ; n++ {
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		if !whole {
			return all // a cut gzip leaves half a line
		}
		data = rest
		if line = bytes.TrimRight(line, "\r"); len(line) > 0 {
			all = append(all, found{n, body(line)})
		}
	}
}

// logBody returns what follows the label of a log line.
func logBody(line []byte) []byte {
	if at := bytes.IndexByte(line, '{'); at >= 0 {
		return line[at:]
	}
	return line
}

// wrappedBody returns the body inside a wrapper, any other line as it is.
func wrappedBody(line []byte) []byte {
	var w struct {
		ReceivedAt string          `json:"received_at"`
		Body       json.RawMessage `json:"body"`
	}
	if json.Unmarshal(line, &w) != nil || w.ReceivedAt == "" {
		return line
	}
	var text string
	if json.Unmarshal(w.Body, &text) == nil {
		return []byte(text)
	}
	return w.Body
}

// documents returns the values of a stream of JSON, or of its only array.
func documents(t *testing.T, data []byte) []found {
	t.Helper()
	var all []found
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		var raw json.RawMessage
		err := d.Decode(&raw)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found{text: raw})
	}
	var array []json.RawMessage
	if len(all) != 1 || json.Unmarshal(all[0].text, &array) != nil {
		return all
	}
	all = nil
	for _, raw := range array {
		all = append(all, found{text: raw})
	}
	return all
}

// requests returns the bodies of a dump of HTTP requests.
func requests(t *testing.T, data []byte) []found {
	t.Helper()
	var all []found
	r := bufio.NewReader(bytes.NewReader(data))
	for {
		if b, err := r.Peek(1); err != nil {
			return all
		} else if b[0] == '\r' || b[0] == '\n' {
			r.Discard(1)
			continue
		}
		req, err := http.ReadRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(req.Body)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(req.Header.Get("X-AKSK"), `Username="DEMOAPPKEY`) {
			t.Errorf("X-AKSK %q names no app", req.Header.Get("X-AKSK"))
		}
		all = append(all, found{text: text})
	}
}
