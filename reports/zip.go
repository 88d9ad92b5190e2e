package reports

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
)

// stableZip is the zip writer given to excelize, which hands over the parts of a
// workbook one by one in no fixed order. It keeps them, compressed, and writes them
// sorted and without times, so the same workbook is the same bytes.
type stableZip struct {
	w       io.Writer
	parts   []*zipPart
	deflate *flate.Writer // of the last part; one for all, since its tables are large
}

// zipPart is one part of a workbook as it will stand in the archive.
type zipPart struct {
	name    string
	content bytes.Buffer // compressed
	deflate *flate.Writer
	size    uint64
	crc     hash.Hash32
}

// Write compresses p.
func (p *zipPart) Write(b []byte) (int, error) {
	n, err := p.deflate.Write(b)
	p.size += uint64(n)
	p.crc.Write(b[:n])
	return n, err
}

// Create returns the writer for the part of that name; it is good until the next
// Create, or Close.
func (z *stableZip) Create(name string) (io.Writer, error) {
	p := &zipPart{name: name, crc: crc32.NewIEEE()}
	if err := z.begin(&p.content); err != nil {
		return nil, err
	}
	p.deflate = z.deflate
	z.parts = append(z.parts, p)
	if name == "[Content_Types].xml" {
		return &contentTypes{part: p}, nil
	}
	return p, nil
}

// begin ends the last part and has the next compressed into w.
func (z *stableZip) begin(w io.Writer) (err error) {
	if z.deflate == nil {
		z.deflate, err = flate.NewWriter(w, flate.DefaultCompression)
		return err
	}
	err = z.deflate.Close()
	z.deflate.Reset(w)
	return err
}

// contentTypes sorts what excelize takes from a map: the kinds of files there can be.
type contentTypes struct {
	part *zipPart
	text bytes.Buffer
}

var defaultTypes = regexp.MustCompile(`(<Default [^>]*>(</Default>)?)+`)

// Write holds the text until its end has come.
func (c *contentTypes) Write(b []byte) (int, error) {
	c.text.Write(b)
	if !bytes.HasSuffix(c.text.Bytes(), []byte("</Types>")) {
		return len(b), nil
	}
	sorted := defaultTypes.ReplaceAllFunc(c.text.Bytes(), func(all []byte) []byte {
		kinds := strings.SplitAfter(string(all), "</Default>")
		slices.Sort(kinds)
		return []byte(strings.Join(kinds, ""))
	})
	if _, err := c.part.Write(sorted); err != nil {
		return 0, err
	}
	return len(b), nil
}

// AddFS is there for the interface of excelize only; workbooks have no need of it.
func (z *stableZip) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive.
func (z *stableZip) Close() error {
	if err := z.begin(io.Discard); err != nil {
		return err
	}
	slices.SortFunc(z.parts, func(a, b *zipPart) int { return strings.Compare(a.name, b.name) })
	archive := zip.NewWriter(z.w)
	for _, p := range z.parts {
		if err := p.writeTo(archive); err != nil {
			return err
		}
	}
	return archive.Close()
}

func (p *zipPart) writeTo(archive *zip.Writer) error {
	header := zip.FileHeader{
		Name:               p.name,
		Method:             zip.Deflate,
		CRC32:              p.crc.Sum32(),
		CompressedSize64:   uint64(p.content.Len()),
		UncompressedSize64: p.size,
		//lint:ignore SA1019 CreateRaw writes this field as it is and takes no notice of Modified
		ModifiedDate: 1<<5 | 1, // 1980-01-01, the first day zip knows
	}
	w, err := archive.CreateRaw(&header)
	if err != nil {
		return err
	}
	_, err = p.content.WriteTo(w)
	return err
}
