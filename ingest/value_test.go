package ingest

import (
	"bytes"
	"testing"
)

// TestIsSmooth: one byte that is none of a plain text is found wherever it stands.
func TestIsSmooth(t *testing.T) {
	for length := range 80 {
		text := bytes.Repeat([]byte("é "), length)[:length]
		if !isSmooth(text) {
			t.Errorf("%q is smooth", text)
		}
		for at := range text {
			for _, b := range []byte{0, '\t', '\n', 31, '\\'} {
				was := text[at]
				text[at] = b
				if isSmooth(text) {
					t.Errorf("%q is not smooth", text)
				}
				text[at] = was
			}
		}
	}
}
