package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// got is a frame with its slices copied.
type got struct {
	line                   int64
	lines                  int
	problem, context, body string
}

// String writes a frame as the tables do: line+lines, the problem if any, the
// body, and the context in angle brackets.
func (g got) String() string {
	s := fmt.Sprintf("%d+%d ", g.line, g.lines)
	if g.problem != "" {
		s += g.problem + " "
	}
	s += g.body
	if g.context != "" {
		s += " <" + g.context + ">"
	}
	return s
}

func texts(frames []got) []string {
	out := []string{}
	for _, g := range frames {
		out = append(out, g.String())
	}
	return out
}

// readFrames frames a stream and proves what holds for every stream.
func readFrames(tb testing.TB, r io.Reader) ([]got, stats) {
	tb.Helper()
	var all []got
	st, err := frames(r, func(f frame) error {
		all = append(all, got{f.line, f.lines, f.problem, string(f.context), string(f.body)})
		return nil
	})
	if err != nil {
		tb.Fatalf("frames returned %v, though emit did not", err)
	}
	proveFrames(tb, all, st)
	return all, st
}

func proveFrames(tb testing.TB, all []got, st stats) {
	tb.Helper()
	if st.lines != st.blank+st.frameLines {
		tb.Errorf("%d lines, but %d blank and %d framed", st.lines, st.blank, st.frameLines)
	}
	if st.frames != int64(len(all)) {
		tb.Errorf("%d frames counted, %d emitted", st.frames, len(all))
	}
	if st.lines > st.blank && len(all) == 0 {
		tb.Errorf("%d lines with text, but no frame", st.lines-st.blank)
	}
	covered, last := int64(0), int64(1)
	for _, g := range all {
		covered += int64(g.lines)
		if g.lines < 0 || g.line < last || g.line > st.lines+1 {
			tb.Errorf("frame out of place behind line %d of %d: %.200s", last, st.lines, g)
		}
		last = g.line
		proveText(tb, g)
	}
	if covered > st.frameLines {
		tb.Errorf("frames cover %d lines, %d counted", covered, st.frameLines)
	}
}

// proveText holds a frame against what the spool's readers rely on.
func proveText(tb testing.TB, g got) {
	tb.Helper()
	if !utf8.ValidString(g.body) || !utf8.ValidString(g.context) {
		tb.Errorf("not UTF-8: %q", g)
	}
	if len(g.body) > maxBodyBytes {
		tb.Errorf("line %d: %d bytes", g.line, len(g.body))
	}
	if g.problem != "" {
		return
	}
	if strings.ContainsAny(g.body, "\n\r\x00\x01") {
		tb.Errorf("body would upset the spool: %q", g.body)
	}
	if len(g.body) < 2 || g.body[0] != '{' || g.body[len(g.body)-1] != '}' {
		tb.Errorf("body is no object: %q", g.body)
	}
}

// indented returns a pretty-printer with a prefix before every line but the
// first.
func indented(prefix, indent string) func(string) string {
	return func(s string) string {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(s), prefix, indent); err != nil {
			panic(err)
		}
		return b.String()
	}
}

// tempFile returns an open file that holds data.
func tempFile(tb testing.TB, data []byte) *os.File {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}

// chunks reads in pieces of the sizes given, over and over.
type chunks struct {
	r     io.Reader
	sizes []byte
	at    int
}

func (c *chunks) Read(p []byte) (int, error) {
	n := len(p)
	if len(c.sizes) > 0 {
		n = min(n, int(c.sizes[c.at%len(c.sizes)])+1)
		c.at++
	}
	return c.r.Read(p[:n])
}
