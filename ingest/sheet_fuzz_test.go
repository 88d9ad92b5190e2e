package ingest

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzSheet reads any bytes as a table kept by hand or a bill. It ends, with rows whose
// lines rise or with an error that says something, and never with a panic.
func FuzzSheet(f *testing.F) {
	for _, text := range []string{
		"x_number,kind\n+8617000000001,virtual\n", "\xef\xbb\xbfx;y\n1;2\n", "a\tb\n\"c\nd\"\te\n", "\"", "a,\"b\nc", "\xff\xfea\x00,\x00",
		"\xd0\xcf\x11\xe0", "PK\x03\x04", "\xc0\xed\xd0\xcd,\xd4\xc2\n", "a,b\r\n\r\n=1,+2\r\n", "\x00", " \n\n ",
	} {
		f.Add([]byte(text))
	}
	f.Add(zipped(member{"xl/workbook.xml", []byte("<workbook/>")}, member{"[Content_Types].xml", []byte("<Types/>")}))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "t")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := openSheet(path, dir, func([]string) bool { return false })
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without a word")
			}
			return
		}
		defer s.close()
		last := 0
		for {
			_, err := s.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if strings.TrimSpace(err.Error()) == "" {
					t.Error("an error without a word")
				}
				return
			}
			if s.line <= last {
				t.Fatalf("line %d after %d", s.line, last)
			}
			last = s.line
		}
	})
}
