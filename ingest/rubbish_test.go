package ingest

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// TestRubbish tries texts by the thousand that are cut, joined and changed from good
// and bad ones, with the claims of the fuzz targets: without the fuzzer's eye for new
// branches, but at many times its speed. XTALLY_RUBBISH=50000000 tries so many of each,
// and of what is packed a tenth.
func TestRubbish(t *testing.T) {
	tries := 2_000
	if text := os.Getenv("XTALLY_RUBBISH"); text != "" {
		var err error
		if tries, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("bodies", func(t *testing.T) {
		t.Parallel()
		b := newBatch()
		defer b.pin.Unpin()
		rubbish(tries, pushSeeds, func(text []byte, _ *rand.Rand) bool {
			tryPush(t, b, text)
			return !t.Failed()
		})
	})
	t.Run("texts", func(t *testing.T) {
		t.Parallel()
		sizes := make([]byte, 4)
		rubbish(tries, frameSeeds(), func(text []byte, draw *rand.Rand) bool {
			for i := range sizes {
				sizes[i] = byte(draw.Uint32())
			}
			tryFrames(t, text, sizes)
			return !t.Failed()
		})
	})
	t.Run("containers", func(t *testing.T) {
		t.Parallel()
		var seeds []string
		for _, c := range containerCases() {
			seeds = append(seeds, string(c.data))
		}
		rubbish(tries/10, seeds, func(data []byte, _ *rand.Rand) bool {
			tryContainer(t, data)
			return !t.Failed()
		})
	})
	t.Run("gzip", func(t *testing.T) {
		t.Parallel()
		rubbish(tries/10, gzipSeeds(), func(data []byte, _ *rand.Rand) bool {
			tryGzip(t, data)
			return !t.Failed()
		})
	})
}

// rubbish makes texts of seeds until try says that it is enough.
func rubbish(tries int, seeds []string, try func(text []byte, draw *rand.Rand) bool) {
	draw := rand.New(rand.NewPCG(1, uint64(tries)))
	signs := []string{"{", "}", "[", "]", "\"", ":", ",", "\n", "\r\n", "\\", "null", "\x00", "\xff", " ", "0", "-", "{\"eventType\":\"fee\",\"feeLst\":[", "\\u0000", "e9"}
	var text []byte
	for range tries {
		text = append(text[:0], seeds[draw.IntN(len(seeds))]...)
		for range 1 + draw.IntN(5) {
			at := draw.IntN(len(text) + 1)
			switch draw.IntN(6) {
			case 0: // cut
				text = text[:at]
			case 1: // leave out a stretch
				text = append(text[:at], text[at+draw.IntN(min(len(text)-at, 40)+1):]...)
			case 2: // say a stretch twice
				stretch := bytes.Clone(text[at : at+draw.IntN(min(len(text)-at, 40)+1)])
				text = append(text[:at], append(stretch, text[at:]...)...)
			case 3: // put in a sign
				text = append(text[:at], append([]byte(signs[draw.IntN(len(signs))]), text[at:]...)...)
			case 4: // change a byte
				if at < len(text) {
					text[at] = byte(draw.Uint32())
				}
			case 5: // go on with another
				other := seeds[draw.IntN(len(seeds))]
				text = append(text[:at], other[draw.IntN(len(other)+1):]...)
			}
		}
		if !try(text, draw) {
			return
		}
	}
}
