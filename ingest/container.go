package ingest

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

// damage is a container that cannot be read to its end. Everything before the
// break is kept; the reason becomes one row of the rejects.
type damage struct {
	reason string
	err    error
}

func (d *damage) Error() string { return d.err.Error() }
func (d *damage) Unwrap() error { return d.err }

// maxContainerDepth bounds archives within archives (a zip of tar.gz of gz).
const maxContainerDepth = 4

// sniffBytes is enough to see any container's magic, tar's at 257 included.
const sniffBytes = 512

// memberFunc receives one uncompressed file; name is its path within the
// container, empty when the container holds a single stream.
type memberFunc func(name string, r io.Reader) error

// openContainer reads a file by what it is, never by what it is called: gzip,
// zstd, zip and tar in any nesting, else plain text. It calls fn for each
// file inside. Damage is given to fn's reader as a *damage error.
func openContainer(f *os.File, size int64, fn memberFunc) error {
	u := &unpacking{fn: fn, left: mayUnpackTo(size)}
	head := make([]byte, sniffBytes)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	if isZip(head[:n]) {
		return u.openZip(f, size, "", 0)
	}
	return u.openStream("", io.NewSectionReader(f, 0, size), 0)
}

// unpacking is one file being read, whatever is within it.
type unpacking struct {
	fn   memberFunc
	left int64 // bytes that decoders may still give
}

// mayUnpackTo is how much a compressed file may hold: callbacks pack to a tenth or
// a fiftieth, a bomb to a thousandth or less, and would keep a night busy or fill
// the disk. A gigabyte is no harm.
func mayUnpackTo(size int64) int64 { return max(1<<30, 1000*size) }

// errBomb ends the reading of a file that unpacks to more than it may.
var errBomb = &damage{"unpacks_too_large", errors.New("unpacks to more than a thousand times its size, read up to there; if it is meant, unpack it first")}

// measured counts what a decoder gives.
func (u *unpacking) measured(r io.Reader) io.Reader { return &measuredReader{r, u} }

type measuredReader struct {
	r io.Reader
	u *unpacking
}

func (m *measuredReader) Read(p []byte) (int, error) {
	if m.u.left <= 0 {
		return 0, errBomb
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.u.left)])
	m.u.left -= int64(n)
	return n, err
}

// streams are used again: an archive may hold a file per callback.
var (
	streams = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readBytes) }}
	members = sync.Pool{New: func() any { return newGzipMember() }}
)

// openStream unwraps one stream until it is neither compressed nor an archive.
func (u *unpacking) openStream(name string, r io.Reader, depth int) error {
	br := streams.Get().(*bufio.Reader)
	br.Reset(r)
	defer func() {
		br.Reset(nil)
		streams.Put(br)
	}()
	head, err := br.Peek(sniffBytes)
	if err != nil && err != io.EOF {
		return u.fn(name, &headReader{br, len(head), err})
	}
	if depth > maxContainerDepth {
		return u.broken(name, "nested_too_deep", fmt.Errorf("more than %d containers within each other", maxContainerDepth))
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		g := &gzipReader{src: br, gz: members.Get().(*gzipMember)}
		defer members.Put(g.gz)
		return u.openStream(name, u.measured(g), depth+1)
	case isZstd(head):
		return u.openZstd(name, br, depth)
	case isTar(head):
		return u.openTar(name, br, depth)
	case isEmptyTar(br, head):
		return nil
	case isZip(head):
		return u.openZipStream(name, br, depth)
	case isBinary(head):
		return u.broken(name, "binary_file", errors.New("not text: neither a callback archive nor a known container"))
	}
	return u.fn(name, br)
}

func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

// isZstd knows a frame, and a skippable frame that some writers put first.
func isZstd(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}) ||
		len(head) > 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18})
}

func isTar(head []byte) bool {
	return len(head) > 262 && bytes.Equal(head[257:262], []byte("ustar"))
}

// isEmptyTar tells whether a stream is the end mark of a tar and nothing else:
// two blocks of zeros, which some writers fill up to twenty.
func isEmptyTar(br *bufio.Reader, head []byte) bool {
	if len(head) < tarBlock || !isZero(head) {
		return false
	}
	all, err := br.Peek(20*tarBlock + 1)
	return err == io.EOF && len(all) > tarBlock && len(all)%tarBlock == 0 && isZero(all)
}

const tarBlock = 512

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// isBinary tells whether one byte in twenty is of a kind that text does not
// have, or there are zeros and no brace. It keeps a picture or a foreign
// archive from becoming thousands of rejects. A run of zeros counts once: a
// writer that crashed leaves such behind, with good lines before or after.
func isBinary(head []byte) bool {
	controls := 0
	for i, c := range head {
		isText := c >= ' ' || c >= '\t' && c <= '\r' || c == virtualBreak || c == '\x1b'
		if !isText && (c != 0 || i+1 < len(head) && head[i+1] != 0) {
			controls++
		}
	}
	return controls*20 > len(head) || !isZero(head) && bytes.IndexByte(head, 0) >= 0 && bytes.IndexByte(head, '{') < 0
}

// broken reports a file that cannot be read at all.
func (u *unpacking) broken(name, reason string, err error) error {
	return u.fn(name, &brokenReader{&damage{reason, err}})
}

// brokenReader fails at once.
type brokenReader struct{ err error }

func (b *brokenReader) Read([]byte) (int, error) { return 0, b.err }

// headReader gives the bytes peeked at before the source broke, then the error
// again: a bufio.Reader tells it once only.
type headReader struct {
	r    io.Reader
	left int
	err  error
}

func (h *headReader) Read(p []byte) (int, error) {
	if h.left == 0 {
		return 0, h.err
	}
	n, err := h.r.Read(p[:min(len(p), h.left)])
	h.left -= n
	return n, err
}

func isDamage(err error) bool {
	var d *damage
	return errors.As(err, &d)
}

func (u *unpacking) openZstd(name string, r io.Reader, depth int) error {
	// One decoder goroutine and a bounded window keep memory flat.
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return u.broken(name, "corrupt_zstd", err)
	}
	defer z.Close()
	return u.openStream(name, u.measured(&namedErrors{r: z, reason: "corrupt_zstd"}), depth+1)
}

// namedErrors gives a decoder's errors the reason of the rejects table.
type namedErrors struct {
	r      io.Reader
	reason string
	err    error // what ended the stream too early
}

func (n *namedErrors) Read(p []byte) (int, error) {
	c, err := n.r.Read(p)
	if err == nil || err == io.EOF {
		return c, err
	}
	if !isDamage(err) {
		err = &damage{n.reason, fmt.Errorf("%w; fetch the file again", err)}
	}
	n.err = err
	return c, err
}

func (u *unpacking) openTar(name string, br *bufio.Reader, depth int) error {
	blocks := &tarBlocks{r: br}
	tr := tar.NewReader(blocks)
	for {
		h, err := tr.Next()
		if err == io.EOF && !blocks.ended {
			err = errors.New("it has no end mark")
		}
		if err == io.EOF {
			return u.openTarEnd(name, br, depth)
		}
		if err != nil {
			return u.brokenTar(name, err)
		}
		if h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeGNUSparse {
			continue // folders and links hold no callbacks
		}
		member := &namedErrors{r: tr, reason: "corrupt_tar"}
		if err := u.openStream(join(name, h.Name), member, depth+1); err != nil {
			return err
		}
		if member.err != nil {
			return nil // the member has told it
		}
	}
}

// tarBlocks sees whether a tar ends with a block of zeros. Without one it was
// cut, perhaps between two members, which a tar.Reader takes for the end.
type tarBlocks struct {
	r     io.Reader
	ended bool
}

func (t *tarBlocks) Read(p []byte) (int, error) {
	if len(p) != tarBlock {
		t.ended = false
		return t.r.Read(p)
	}
	n, err := io.ReadFull(t.r, p) // a header, or the end mark
	if n > 0 {
		t.ended = n == tarBlock && isZero(p)
	}
	return n, err
}

// openTarEnd reads on behind the mark that ends a tar: another tar may have
// been appended, and only at the very end does a wrong checksum of the
// container around it come to light.
func (u *unpacking) openTarEnd(name string, br *bufio.Reader, depth int) error {
	for {
		head, err := br.Peek(tarBlock)
		switch {
		case isTar(head):
			return u.openTar(name, br, depth)
		case !isZero(head):
			return u.brokenTar(name, errors.New("there are other bytes behind its end"))
		case err == io.EOF:
			return nil
		case err != nil:
			return u.brokenTar(name, err)
		}
		br.Discard(tarBlock)
	}
}

func (u *unpacking) brokenTar(name string, err error) error {
	if isDamage(err) {
		return u.fn(name, &brokenReader{err})
	}
	return u.broken(name, "corrupt_tar", fmt.Errorf("tar is broken: %w; fetch the file again", err))
}

func (u *unpacking) openZip(r io.ReaderAt, size int64, name string, depth int) error {
	zr, err := zip.NewReader(r, size)
	if err != nil {
		return u.broken(name, "corrupt_zip", fmt.Errorf("zip cannot be opened: %w; fetch the file again", err))
	}
	for _, m := range zr.File {
		if u.left <= 0 {
			return nil // the member before has told it
		}
		if !m.Mode().IsRegular() {
			continue // folders and links hold no callbacks
		}
		if err := u.openZipMember(m, join(name, m.Name), depth); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacking) openZipMember(m *zip.File, name string, depth int) error {
	const encrypted = 1
	if m.Flags&encrypted != 0 { // before Open, which may not know the cipher
		return u.broken(name, "zip_encrypted", errors.New("zip member is encrypted; unpack it with its password first"))
	}
	rc, err := m.Open()
	if err != nil {
		return u.broken(name, "corrupt_zip", fmt.Errorf("zip member cannot be opened: %w", err))
	}
	defer rc.Close()
	return u.openStream(name, u.measured(&namedErrors{r: rc, reason: "corrupt_zip"}), depth+1)
}

// openZipStream reads a zip that lies inside another container. Zip needs
// random access, so it goes to a temporary file first.
func (u *unpacking) openZipStream(name string, r io.Reader, depth int) error {
	tmp, err := os.CreateTemp("", "xtally-zip-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	n, err := io.Copy(tmp, r)
	switch {
	case isDamage(err):
		return u.fn(name, &brokenReader{err})
	case err != nil:
		return err // the disk's
	}
	return u.openZip(tmp, n, name, depth)
}

// join makes a member's name; it is shown and stored, never opened.
func join(outer, member string) string {
	member = shown(member)
	if outer == "" {
		return member
	}
	return outer + "/" + member
}

// shown makes a name fit to be stored and printed on one line: names in zips
// and on disks may be in any encoding. Other bytes are written as %C4.
func shown(name string) string {
	isFit := func(r rune) bool { return unicode.IsGraphic(r) && r != utf8.RuneError }
	if strings.IndexFunc(name, func(r rune) bool { return !isFit(r) }) < 0 {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		r, n := utf8.DecodeRuneInString(name)
		if isFit(r) {
			b.WriteString(name[:n])
		} else {
			for i := range n {
				fmt.Fprintf(&b, "%%%02X", name[i])
			}
		}
		name = name[n:]
	}
	return b.String()
}
