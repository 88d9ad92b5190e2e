package ingest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// sheet is a table of a csv file or of one sheet of a workbook, read row by
// row. The first row with text is its heading.
type sheet struct {
	name     string // of the workbook's sheet; empty for csv
	isXLSX   bool
	date1904 bool // days of date cells count from 1904
	line     int  // of the row read last
	read     func() ([]string, error)
	offset   func() int64 // bytes of csv text read so far
	close    func() error
}

// next returns the next row with text and leaves its line in s.line; io.EOF
// behind the last.
func (s *sheet) next() ([]string, error) {
	for {
		cells, err := s.read()
		if err != nil {
			return nil, err
		}
		for i, c := range cells {
			cells[i] = strings.TrimSpace(c)
		}
		if strings.Join(cells, "") != "" {
			return cells, nil
		}
	}
}

// openSheet opens a csv file or a workbook, told by content. Of a workbook it
// takes the first sheet whose headings isKnown accepts, or else the first one
// with any text; sheets of many megabytes are unpacked into tempDir. The caller
// closes the sheet.
func openSheet(path, tempDir string, isKnown func(headings []string) bool) (*sheet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w; check the path", reason(err))
	}
	defer f.Close()
	head := make([]byte, sniffBytes)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("is empty; save the table again")
		}
		return nil, fmt.Errorf("%w; want a csv or xlsx file", reason(err))
	}
	switch head = head[:n]; {
	case isZip(head):
		return openWorkbook(path, tempDir, 1, isKnown)
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return nil, errors.New("is an old .xls or has a password; save it as .xlsx without one, or as csv")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	all, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	text, err := decodeText(all)
	if err != nil {
		return nil, err
	}
	return csvSheet(strings.NewReader(text), commaOf(text)), nil
}

// csvSheet reads rows of csv text.
func csvSheet(r io.Reader, comma rune) *sheet {
	c := csv.NewReader(r)
	c.Comma = comma
	c.FieldsPerRecord = -1
	s := &sheet{close: func() error { return nil }, offset: c.InputOffset}
	s.read = func() ([]string, error) {
		cells, err := c.Read()
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			s.line = bad.Line
			return nil, fmt.Errorf("%w; check the quotes of this line", bad.Err)
		}
		if err == nil {
			s.line, _ = c.FieldPos(0)
		}
		return cells, err
	}
	return s
}

// decodeText turns what Excel saves as csv into UTF-8: UTF-8 with or without a
// byte order mark, UTF-16 with one, or GB18030.
func decodeText(b []byte) (string, error) {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		b, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(b)
		return string(b), err
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(b) {
		var err error
		if b, err = simplifiedchinese.GB18030.NewDecoder().Bytes(b); err != nil {
			return "", err
		}
		if bytes.ContainsRune(b, utf8.RuneError) {
			return "", errors.New("is neither UTF-8 nor GB18030 text; save it as CSV UTF-8 or xlsx")
		}
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return "", errors.New("is not text; want a csv or xlsx file")
	}
	return string(b), nil
}

// decoded reads a text of any size as UTF-8. What is not UTF-8 is GB18030, or
// UTF-16 where a byte order mark says so; bytes that are neither are replaced.
func decoded(r io.Reader, isUTF8 bool) (*bufio.Reader, error) {
	br := bufio.NewReaderSize(r, readBytes)
	head, err := br.Peek(3)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
		return bufio.NewReaderSize(transform.NewReader(br, utf16.NewDecoder()), readBytes), nil
	case !isUTF8:
		return bufio.NewReaderSize(transform.NewReader(br, simplifiedchinese.GB18030.NewDecoder()), readBytes), nil
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err = br.Discard(3)
	}
	return br, err
}

// peekComma is commaOf for a text that is not read yet.
func peekComma(r *bufio.Reader) (rune, error) {
	head, err := r.Peek(sniffBytes * 16)
	if err != nil && err != io.EOF {
		return 0, err
	}
	return commaOf(string(head)), nil
}

// commaOf is the one of comma, semicolon and tab that the first line with
// text has most of.
func commaOf(text string) rune {
	line, _ := bufio.NewReader(strings.NewReader(strings.TrimLeft(text, "\r\n \ufeff"))).ReadString('\n')
	best, most := ',', 0
	for _, c := range ",;\t" {
		if n := strings.Count(line, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// openWorkbook opens the first sheet with known headings in one of its first
// rows with text.
func openWorkbook(path, tempDir string, titleRows int, isKnown func([]string) bool) (*sheet, error) {
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true, TmpDir: tempDir})
	if err != nil {
		return nil, fmt.Errorf("is no workbook: %w; save it as .xlsx again", err)
	}
	name, found := "", false
	for _, candidate := range f.GetSheetList() {
		s, err := workbookSheet(f, candidate)
		if err != nil {
			continue // a chart
		}
		for range titleRows {
			headings, err := s.next()
			if err != nil {
				break
			}
			if found = isKnown(headings); found || name == "" {
				name = candidate
			}
			if found {
				break
			}
		}
		s.close()
		if found {
			break
		}
	}
	if name == "" {
		f.Close()
		return nil, errors.New("has no row in any sheet; save the table again")
	}
	s, err := workbookSheet(f, name)
	if err != nil {
		f.Close()
		return nil, err
	}
	closeRows := s.close
	s.close = func() error { return errors.Join(closeRows(), f.Close()) }
	return s, nil
}

// workbookSheet reads one sheet of a workbook; its cells are as stored, not as
// shown.
func workbookSheet(f *excelize.File, name string) (*sheet, error) {
	rows, err := f.Rows(name)
	if err != nil {
		return nil, err
	}
	s := &sheet{name: name, isXLSX: true, close: rows.Close}
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		s.date1904 = *props.Date1904
	}
	s.read = func() ([]string, error) {
		if !rows.Next() {
			if err := rows.Error(); err != nil {
				return nil, err
			}
			return nil, io.EOF
		}
		s.line++
		return rows.Columns()
	}
	return s, nil
}
