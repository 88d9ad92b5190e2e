package ingest

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
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

// FuzzBill reads any bytes as a bill, as it is and by way of the spool: it ends, with
// a table or with an error that says something, and every row of the spool has its
// line and one width.
func FuzzBill(f *testing.F) {
	const headings = "账期,产品类型,产品类型编码,计费模式,使用量,应付金额(元),账单日期\n"
	for _, text := range []string{headings + "2026-10,隐私保护通话,hws.service.type.pns,按需,5,0.30,2026-10-01\n", "\xef\xbb\xbf" + headings + "a,\"b\nc\",d\n", headings + strings.Repeat(",", 99), "产品类型\t应付金额\t账期\n", "x\n\n\n" + headings} {
		f.Add([]byte(text))
	}
	f.Add(zipped(member{"b.csv", []byte(headings)}, member{"../c.csv", []byte(headings)}))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "b.csv")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		err := openBill(&billFile{name: "b.csv", source: "b.csv", path: path}, dir, 0, func(b *billFile) error { return readBoth(t, b, dir) })
		if err != nil && strings.TrimSpace(err.Error()) == "" {
			t.Error("an error without a word")
		}
	})
}

func readBoth(t *testing.T, b *billFile, dir string) error {
	t.Helper()
	if b.isText && b.isUTF8 {
		if table, _, err := b.asIs(); err == nil && table.skip > b.lines {
			t.Errorf("skips %d of %d lines", table.skip, b.lines)
		}
	}
	table, _, err := b.spool(dir)
	if err != nil {
		return err
	}
	spooled, err := os.Open(table.path)
	if err != nil {
		return err
	}
	defer spooled.Close()
	rows, err := csv.NewReader(spooled).ReadAll() // refuses rows of another width
	if err != nil {
		t.Errorf("spool: %v", err)
	}
	last := 0
	for _, row := range rows {
		line, err := strconv.Atoi(row[0])
		if err != nil || line <= last {
			t.Fatalf("line %q after %d", row[0], last)
		}
		last = line
	}
	return os.Remove(table.path)
}
