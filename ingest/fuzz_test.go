package ingest

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzFrames holds any text against what holds for every text, and reads it
// again in pieces.
func FuzzFrames(f *testing.F) {
	for i, c := range frameCases {
		f.Add([]byte(c.text), []byte{byte(i), 3})
	}
	f.Add([]byte(strings.Join(dirtLines, "\n")), []byte{0})
	f.Add([]byte("["+bodyA+",\n"+strings.Join(dirtLines, "\n")), []byte{1, 200})
	f.Fuzz(func(t *testing.T, text, sizes []byte) {
		start := time.Now()
		all, st := readFrames(t, bytes.NewReader(text))
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%d bytes took %v", len(text), took)
		}
		proveCounts(t, text, st)
		for name, r := range map[string]io.Reader{
			"one byte": iotest.OneByteReader(bytes.NewReader(text)),
			"pieces":   &chunks{r: bytes.NewReader(text), sizes: sizes},
		} {
			again, st2 := readFrames(t, r)
			if diff := cmp.Diff(texts(all), texts(again)); diff != "" || st != st2 {
				t.Errorf("%s (-at once +in pieces): %+v %+v\n%s", name, st, st2, diff)
			}
		}
		brokenToo(t, text)
	})
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

// FuzzContainer opens any bytes: no panic, no hang, no loss of count.
func FuzzContainer(f *testing.F) {
	for _, c := range containerCases() {
		f.Add(c.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		members := 0
		err := openContainer(tempFile(t, data), int64(len(data)), func(_ string, r io.Reader) error {
			members++
			// A small archive may unpack to a lot: some of it will do.
			readFrames(t, io.LimitReader(r, 4<<20))
			return nil
		})
		if err != nil {
			t.Errorf("%d members, %v", members, err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%d bytes took %v", len(data), took)
		}
	})
}
