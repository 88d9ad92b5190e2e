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

	"github.com/klauspost/compress/gzip"
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
	head := make([]byte, sniffBytes)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	if isZip(head[:n]) {
		return openZip(f, size, "", 0, fn)
	}
	return openStream("", io.NewSectionReader(f, 0, size), 0, fn)
}

// openStream unwraps one stream until it is neither compressed nor an archive.
func openStream(name string, r io.Reader, depth int, fn memberFunc) error {
	br := bufio.NewReaderSize(r, 256<<10)
	head, err := br.Peek(sniffBytes)
	if err != nil && err != io.EOF {
		return fn(name, br) // the break is the reader's to report
	}
	if depth > maxContainerDepth {
		return fn(name, &brokenReader{&damage{"nested_too_deep", fmt.Errorf("more than %d containers within each other", maxContainerDepth)}})
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return openStream(name, &gzipReader{src: br}, depth+1, fn)
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return openZstd(name, br, depth, fn)
	case isTar(head):
		return openTar(name, br, depth, fn)
	case isZip(head):
		return openZipStream(name, br, depth, fn)
	case bytes.IndexByte(head, 0) >= 0 && !bytes.ContainsAny(head, "{"):
		return fn(name, &brokenReader{&damage{"binary_file", errors.New("not text: neither a callback archive nor a known container")}})
	}
	return fn(name, br)
}

func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

func isTar(head []byte) bool {
	return len(head) > 262 && bytes.Equal(head[257:262], []byte("ustar"))
}

// brokenReader fails at once.
type brokenReader struct{ err error }

func (b *brokenReader) Read([]byte) (int, error) { return 0, b.err }

// gzipReader decodes gzip members one after another and names what is wrong:
// cut short, wrong checksum or length, or bytes behind the last member.
type gzipReader struct {
	src *bufio.Reader
	gz  *gzip.Reader
	out int64 // bytes decoded so far
	err error
}

func (g *gzipReader) Read(p []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	if g.gz == nil {
		gz, err := gzip.NewReader(g.src)
		if err != nil {
			g.err = g.name(err)
			return 0, g.err
		}
		g.gz = gz
	}
	n, err := g.gz.Read(p)
	g.out += int64(n)
	if err != nil {
		g.err = g.name(err)
	}
	return n, g.err
}

func (g *gzipReader) name(err error) error {
	switch {
	case err == io.EOF && g.gz != nil:
		return io.EOF
	case errors.Is(err, gzip.ErrChecksum):
		return &damage{"gzip_checksum", fmt.Errorf("gzip checksum or length is wrong after %d bytes; fetch the file again", g.out)}
	case errors.Is(err, gzip.ErrHeader) && g.out > 0:
		return &damage{"gzip_trailing_bytes", fmt.Errorf("bytes behind the gzip data, after %d bytes", g.out)}
	case errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF:
		return &damage{"corrupt_gzip", fmt.Errorf("gzip is cut short after %d bytes; fetch the file again", g.out)}
	}
	return &damage{"corrupt_gzip", fmt.Errorf("gzip is broken after %d bytes (%w); fetch the file again", g.out, err)}
}

func openZstd(name string, r io.Reader, depth int, fn memberFunc) error {
	// One decoder goroutine and a bounded window keep memory flat.
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return fn(name, &brokenReader{&damage{"corrupt_zstd", err}})
	}
	defer z.Close()
	return openStream(name, &namedErrors{z, "corrupt_zstd"}, depth+1, fn)
}

// namedErrors gives a decoder's errors the reason of the rejects table.
type namedErrors struct {
	r      io.Reader
	reason string
}

func (n *namedErrors) Read(p []byte) (int, error) {
	c, err := n.r.Read(p)
	var d *damage
	if err != nil && err != io.EOF && !errors.As(err, &d) {
		err = &damage{n.reason, fmt.Errorf("%w; fetch the file again", err)}
	}
	return c, err
}

func openTar(name string, r io.Reader, depth int, fn memberFunc) error {
	tr := tar.NewReader(r)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fn(name, &brokenReader{&damage{"corrupt_tar", fmt.Errorf("tar is broken: %w; fetch the file again", err)}})
		}
		if h.Typeflag != tar.TypeReg {
			continue // folders and links hold no callbacks
		}
		if err := openStream(join(name, h.Name), &namedErrors{tr, "corrupt_tar"}, depth+1, fn); err != nil {
			return err
		}
	}
}

func openZip(r io.ReaderAt, size int64, name string, depth int, fn memberFunc) error {
	zr, err := zip.NewReader(r, size)
	if err != nil {
		return fn(name, &brokenReader{&damage{"corrupt_zip", fmt.Errorf("zip cannot be opened: %w; fetch the file again", err)}})
	}
	for _, m := range zr.File {
		if m.FileInfo().IsDir() {
			continue
		}
		if err := openZipMember(m, join(name, m.Name), depth, fn); err != nil {
			return err
		}
	}
	return nil
}

func openZipMember(m *zip.File, name string, depth int, fn memberFunc) error {
	rc, err := m.Open()
	if err != nil {
		return fn(name, &brokenReader{&damage{"corrupt_zip", fmt.Errorf("zip member cannot be opened: %w", err)}})
	}
	defer rc.Close()
	if m.Flags&1 != 0 {
		return fn(name, &brokenReader{&damage{"zip_encrypted", errors.New("zip member is encrypted; unpack it with its password first")}})
	}
	return openStream(name, &namedErrors{rc, "corrupt_zip"}, depth+1, fn)
}

// openZipStream reads a zip that lies inside another container. Zip needs
// random access, so it goes to a temporary file first.
func openZipStream(name string, r io.Reader, depth int, fn memberFunc) error {
	tmp, err := os.CreateTemp("", "xtally-zip-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	n, err := io.Copy(tmp, r)
	if err != nil {
		return fn(name, &brokenReader{err})
	}
	return openZip(tmp, n, name, depth+1, fn)
}

// join makes a member's name; it is shown and stored, never opened.
func join(outer, member string) string {
	if outer == "" {
		return member
	}
	return outer + "/" + member
}
