package ingest

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// frameSeeds are texts to make others of.
func frameSeeds() []string {
	seeds := []string{strings.Join(dirtLines, "\n"), "[" + bodyA + ",\n" + strings.Join(dirtLines, "\n")}
	for _, c := range frameCases {
		seeds = append(seeds, c.text)
	}
	return seeds
}

func FuzzFrames(f *testing.F) {
	for i, text := range frameSeeds() {
		f.Add([]byte(text), []byte{byte(i), 200})
	}
	f.Fuzz(func(t *testing.T, text, sizes []byte) { tryFrames(t, text, sizes) })
}

// tryFrames holds any text against what holds for every text, and reads it again in
// pieces.
func tryFrames(tb testing.TB, text, sizes []byte) {
	tb.Helper()
	start := time.Now()
	all, st := readFrames(tb, bytes.NewReader(text))
	if took := time.Since(start); took > 2*time.Second {
		tb.Errorf("%d bytes took %v", len(text), took)
	}
	proveCounts(tb, text, st)
	for name, r := range map[string]io.Reader{
		"one byte": iotest.OneByteReader(bytes.NewReader(text)),
		"pieces":   &chunks{r: bytes.NewReader(text), sizes: sizes},
	} {
		again, st2 := readFrames(tb, r)
		if st != st2 || !slices.Equal(all, again) {
			tb.Errorf("%q, %s: %+v %+v (-at once +in pieces)\n%s", text, name, st, st2, cmp.Diff(texts(all), texts(again)))
		}
	}
	brokenToo(tb, text)
}

// proveCounts counts a text's lines in the plainest way.
func proveCounts(tb testing.TB, text []byte, st stats) {
	tb.Helper()
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	lines, blank := int64(0), int64(0)
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		lines++
		if len(bytes.TrimSpace(line)) == 0 {
			blank++
		}
		text = rest
	}
	if st.lines != lines || st.blank != blank {
		tb.Errorf("%d lines, %d blank; counted %d and %d", lines, blank, st.lines, st.blank)
	}
}

// brokenToo reads a text whose source breaks at its end: exactly one frame
// names the break.
func brokenToo(tb testing.TB, text []byte) {
	tb.Helper()
	broken := &brokenReader{&damage{"corrupt_gzip", io.ErrUnexpectedEOF}}
	all, _ := readFrames(tb, io.MultiReader(bytes.NewReader(text), broken))
	named := 0
	for _, g := range all {
		if g.problem == "corrupt_gzip" {
			named++
		}
	}
	if named != 1 {
		tb.Errorf("%d frames name the break", named)
	}
}

func FuzzContainer(f *testing.F) {
	for _, c := range containerCases() {
		f.Add(c.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { tryContainer(t, data) })
}

// tryContainer opens any bytes: no panic, no hang, no loss of count.
func tryContainer(tb testing.TB, data []byte) {
	tb.Helper()
	start := time.Now()
	u := &unpacking{left: 4 << 20} // a small archive may unpack to a lot: some of it will do
	members := 0
	u.fn = func(_ string, r io.Reader) error {
		members++
		readFrames(tb, r)
		return nil
	}
	var err error
	if isZip(data) {
		err = u.openZip(bytes.NewReader(data), int64(len(data)), "", 0)
	} else {
		err = u.openStream("", bytes.NewReader(data), 0)
	}
	if err != nil {
		tb.Errorf("%d members, %v: %q", members, err, data)
	}
	if took := time.Since(start); took > 5*time.Second {
		tb.Errorf("%d bytes took %v: %q", len(data), took, data)
	}
}
