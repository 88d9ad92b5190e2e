package ingest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// billFile is one bill on its way into the database: a file as given, or a
// member of a zip unpacked into the temporary folder.
type billFile struct {
	name   string // to show
	source string // path as given, members of a zip behind it
	path   string // to read
	sum    string
	bytes  int64
	isText bool  // else a workbook
	isUTF8 bool  // of a text
	lines  int64 // of a text
}

// openBills lists the bills under paths and calls fn for each, unpacking zips.
func openBills(paths []string, o Options, fn func(*billFile) error) error {
	inputs, err := o.inputs(paths)
	var missing *Error
	switch {
	case errors.Is(err, ErrNoFiles):
		return &TableError{"bill", strings.Join(paths, ", "), "", 0, fmt.Errorf("%w; give a file, a folder or a glob of the vendor's bill", ErrNoFiles)}
	case errors.As(err, &missing):
		return &TableError{"bill", missing.File, "", 0, missing.Err}
	case err != nil:
		return err
	}
	for _, in := range inputs {
		if o.Exclude != nil && in.url == "" && o.Exclude(in.path) {
			continue
		}
		if err := openBill(&billFile{name: in.name, source: in.origin(), path: in.path}, o.TempDir, 0, fn); err != nil {
			return err
		}
	}
	return nil
}

// openBill looks at a file: a zip that is no workbook is opened, all else is
// hashed and given to fn.
func openBill(f *billFile, tempDir string, depth int, fn func(*billFile) error) error {
	at := func(err error) error { return &TableError{"bill", f.source, "", 0, err} }
	if members := zipMembers(f.path); members != nil {
		defer members.Close()
		if depth == maxContainerDepth {
			return at(errors.New("holds zips within zips; unpack it"))
		}
		return openMembers(f, members, tempDir, depth, fn)
	}
	if err := f.scan(); err != nil {
		return at(err)
	}
	return fn(f)
}

// zipMembers opens a zip; nil when it is none, or a workbook.
func zipMembers(path string) *zip.ReadCloser {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil
	}
	for _, m := range z.File {
		if m.Name == "[Content_Types].xml" {
			z.Close()
			return nil
		}
	}
	return z
}

func openMembers(f *billFile, z *zip.ReadCloser, tempDir string, depth int, fn func(*billFile) error) error {
	for _, m := range z.File {
		name := m.Name
		if m.NonUTF8 {
			if decoded, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
				name = decoded
			}
		}
		if m.FileInfo().IsDir() || strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, "__MACOSX/") {
			continue
		}
		spooled, err := spoolMember(m, tempDir)
		if err != nil {
			return &TableError{"bill", f.source + "/" + name, "", 0, err}
		}
		member := &billFile{name: f.name + "/" + shown(name), source: f.source + "/" + shown(name), path: spooled}
		err = openBill(member, tempDir, depth+1, fn)
		os.Remove(spooled)
		if err != nil {
			return err
		}
	}
	return nil
}

// spoolMember unpacks one member beside the database.
func spoolMember(m *zip.File, tempDir string) (string, error) {
	r, err := m.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	w, err := os.CreateTemp(tempDir, "bill-*")
	if err != nil {
		return "", err
	}
	most := mayUnpackTo(int64(m.CompressedSize64))
	n, err := io.Copy(w, io.LimitReader(r, most+1))
	switch err := errors.Join(err, w.Close()); {
	case err != nil:
		os.Remove(w.Name())
		return "", fmt.Errorf("%w; fetch the zip again", err)
	case n > most:
		os.Remove(w.Name())
		return "", errors.New("unpacks to more than a thousand times its size; unpack the zip first, if it is meant")
	}
	return w.Name(), nil
}

// lineCounter counts the lines of what is written to it.
type lineCounter struct {
	breaks int64
	last   byte
}

func (c *lineCounter) Write(p []byte) (int, error) {
	c.breaks += int64(bytes.Count(p, []byte{'\n'}))
	if len(p) > 0 {
		c.last = p[len(p)-1]
	}
	return len(p), nil
}

// lines counts a last line without a break too.
func (c *lineCounter) lines() int64 {
	if c.last != 0 && c.last != '\n' {
		return c.breaks + 1
	}
	return c.breaks
}

// scan reads the file once: its hash, its lines, and whether it is UTF-8.
func (f *billFile) scan() error {
	in, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("%w; check that it may be read", reason(err))
	}
	defer in.Close()
	head := make([]byte, 4)
	n, err := io.ReadFull(in, head)
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("is empty; fetch the bill again")
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return reason(err)
	case bytes.HasPrefix(head[:n], []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return errors.New("is an old .xls or has a password; save it as .xlsx without one, or as csv")
	}
	f.isText = !isZip(head[:n])
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var sum hash.Hash = sha256.New()
	var count lineCounter
	tee := io.TeeReader(in, io.MultiWriter(sum, &count))
	_, err = io.Copy(io.Discard, transform.NewReader(tee, encoding.UTF8Validator))
	f.isUTF8 = err == nil
	if errors.Is(err, encoding.ErrInvalidUTF8) {
		_, err = io.Copy(io.Discard, tee)
	}
	if err != nil {
		return reason(err)
	}
	info, err := in.Stat()
	if err != nil {
		return err
	}
	f.sum, f.bytes, f.lines = hex.EncodeToString(sum.Sum(nil)), info.Size(), count.lines()
	return nil
}

// titleRows is how far down the headings may stand.
const titleRows = 20

// headingsOf reads down to the row of headings.
func headingsOf(s *sheet) (billHeading, error) {
	var first []string
	for range titleRows {
		cells, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return billHeading{}, err
		}
		if h, ok := bindBill(cells); ok {
			return h, nil
		}
		if len(cells) > len(first) {
			first = cells
		}
	}
	if first == nil {
		return billHeading{}, errors.New("holds no row; fetch the bill again")
	}
	s.line = 0
	return billHeading{}, fmt.Errorf("unknown headings %s; want those of the vendor's bill: a product (产品类型, Product Type), an amount (应付金额, Amount Due) and a month or time (账期, Billing Cycle)",
		shorten(strings.Join(first, ", ")))
}

// billTable is a csv that the database can read, with the headings' places.
type billTable struct {
	path       string
	comma      rune
	skip       int64 // lines before the first row
	heading    billHeading
	isNumbered bool // the first cell is the line
}

// asIs is the bill's own file, when it is UTF-8 text.
func (f *billFile) asIs() (billTable, *sheet, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return billTable{}, nil, err
	}
	defer in.Close()
	head, err := io.ReadAll(io.LimitReader(in, 1<<20))
	if err != nil {
		return billTable{}, nil, err
	}
	text := strings.TrimPrefix(string(head), "\ufeff")
	t := billTable{path: f.path, comma: commaOf(text)}
	s := csvSheet(strings.NewReader(text), t.comma)
	if t.heading, err = headingsOf(s); err != nil {
		return t, s, err
	}
	t.skip = int64(strings.Count(text[:s.offset()], "\n"))
	return t, s, nil
}

// spool writes the bill as a csv with the line of every row in front and all
// rows of one width: workbooks, other encodings, and texts whose rows are not
// one line each.
func (f *billFile) spool(tempDir string) (billTable, *sheet, error) {
	s, err := f.rows(tempDir)
	if err != nil {
		return billTable{}, nil, err
	}
	defer s.close()
	t := billTable{comma: ',', isNumbered: true}
	if t.heading, err = headingsOf(s); err != nil {
		return t, s, err
	}
	w, err := os.CreateTemp(tempDir, "bill-*.csv")
	if err != nil {
		return t, s, err
	}
	t.path = w.Name()
	err = errors.Join(t.heading.copyRows(csv.NewWriter(w), s), w.Close())
	if err != nil {
		os.Remove(t.path)
	}
	return t, s, err
}

// rows opens the bill row by row.
func (f *billFile) rows(tempDir string) (*sheet, error) {
	if !f.isText {
		return openWorkbook(f.path, tempDir, titleRows, func(headings []string) bool {
			_, ok := bindBill(headings)
			return ok
		})
	}
	in, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	text, err := decoded(in, f.isUTF8)
	if err != nil {
		in.Close()
		return nil, err
	}
	comma, err := peekComma(text)
	if err != nil {
		in.Close()
		return nil, err
	}
	s := csvSheet(text, comma)
	s.close = in.Close
	return s, nil
}

// copyRows writes the rows behind the headings.
func (h billHeading) copyRows(w *csv.Writer, s *sheet) error {
	kinds := make([]cellKind, h.width)
	for _, c := range billColumns() {
		if cell, ok := h.cells[c.name]; ok {
			kinds[cell] = c.kind
		}
	}
	row := make([]string, h.width+1)
	for {
		cells, err := s.next()
		if err == io.EOF {
			w.Flush()
			return w.Error()
		}
		if err != nil {
			return err
		}
		clear(row)
		row[0] = strconv.Itoa(s.line)
		for i, text := range cells {
			if i >= h.width {
				if text != "" {
					return fmt.Errorf("has %d cells under %d headings; quote a cell that holds the delimiter", len(cells), h.width)
				}
				continue
			}
			if s.isXLSX {
				text = cellText(kinds[i], text, s.date1904)
			}
			row[i+1] = text
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
}
