package ingest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/flate"
)

// gzipSeeds are members of every kind of block, level and shape.
func gzipSeeds() []string {
	draw := rand.New(rand.NewPCG(5, 6))
	noise := make([]byte, 70_000)
	for i := range noise {
		noise[i] = byte(draw.Uint32())
	}
	skewed := make([]byte, 60_000) // codes of up to 15 bits
	for i := range skewed {
		skewed[i] = byte(255 / (1 + draw.IntN(256)))
	}
	var seeds []string
	for _, text := range [][]byte{
		nil, []byte("a"), []byte(bodyA), []byte(strings.Repeat("a", 100_000)), bytes.Repeat([]byte("abc"), 50_000),
		incompressible(900), noise, skewed, append(bytes.Clone(noise[:33_000]), noise[:33_000]...),
	} {
		for _, level := range []int{flate.NoCompression, flate.BestSpeed, flate.DefaultCompression, flate.BestCompression, flate.HuffmanOnly} {
			var b bytes.Buffer
			w, err := gzip.NewWriterLevel(&b, level)
			if err != nil {
				panic(err)
			}
			w.Name, w.Comment, w.Extra = "n", "c", []byte{1, 2, 3}
			w.Write(text)
			w.Close()
			seeds = append(seeds, b.String())
		}
	}
	return seeds
}

// tryGzip holds the decoder against the standard library's: the same bytes, and an end
// of the same kind. In front of a break ours may give one match more, whose bits are
// there and which the other does not wait for.
func tryGzip(tb testing.TB, data []byte) {
	tb.Helper()
	want, wantErr := []byte(nil), error(nil)
	r, err := gzip.NewReader(bytes.NewReader(data))
	if wantErr = err; err == nil {
		r.Multistream(false)
		want, wantErr = io.ReadAll(r)
	}
	for name, src := range map[string]io.Reader{"at once": bytes.NewReader(data), "byte by byte": iotest.OneByteReader(bytes.NewReader(data))} {
		if name != "at once" && len(data) > 5_000 {
			continue
		}
		got, gotErr := unzipped(src)
		same := bytes.Equal(got, want) || wantErr != nil && bytes.HasPrefix(got, want) && len(got) <= len(want)+maxMatch
		if !same || kindOf(gotErr) != kindOf(wantErr) {
			at := 0
			for at < min(len(got), len(want)) && got[at] == want[at] {
				at++
			}
			tb.Errorf("%s: %d bytes, %v; the standard library has %d, %v; alike up to %d: %q", name, len(got), gotErr, len(want), wantErr, at, data[:min(len(data), 300)])
		}
	}
}

func unzipped(src io.Reader) ([]byte, error) {
	m := newGzipMember()
	if err := m.reset(bufio.NewReaderSize(src, 4096)); err != nil {
		return nil, err
	}
	return io.ReadAll(m)
}

// kindOf tells the errors apart that rejects tell apart.
func kindOf(err error) string {
	switch {
	case err == nil:
		return "none"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, errGzipChecksum):
		return "checksum"
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, errGzipHeader):
		return "header"
	}
	return "broken" // or cut short: which, depends on who looks first
}

func TestGzipIsThatOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	seeds := gzipSeeds()
	for _, seed := range seeds {
		tryGzip(t, []byte(seed))
	}
	draw := rand.New(rand.NewPCG(7, 8))
	draws := 3_000
	if raced {
		draws = 300
	}
	for range draws { // broken in one place, or cut
		data := []byte(seeds[draw.IntN(len(seeds))])
		if at := draw.IntN(len(data)); draw.IntN(4) == 0 {
			data = data[:at]
		} else {
			data[at] ^= 1 << draw.IntN(8)
		}
		tryGzip(t, data)
		if t.Failed() {
			return
		}
	}
}

func FuzzGzip(f *testing.F) {
	for _, seed := range gzipSeeds() {
		if len(seed) < 2_000 {
			f.Add([]byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { tryGzip(t, data) })
}
