package ingest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// gzipReader decodes gzip members one after another and names what is wrong:
// cut short, wrong checksum or length, or bytes behind the last member. A
// wrong checksum does not keep it from the members behind.
type gzipReader struct {
	src      *bufio.Reader
	gz       *gzipMember
	isOpen   bool // gz has had a member
	inMember bool
	out      int64 // bytes decoded so far
	found    error // a wrong checksum, told at the end
	err      error
}

func (g *gzipReader) Read(p []byte) (int, error) {
	for g.err == nil {
		if !g.inMember {
			g.err = g.open()
			continue
		}
		n, err := g.gz.Read(p)
		g.out += int64(n)
		switch {
		case err == io.EOF:
			g.inMember = false
		case errors.Is(err, errGzipChecksum):
			g.inMember = false
			g.note(&damage{"gzip_checksum", fmt.Errorf("gzip checksum or length is wrong after %d bytes; fetch the file again", g.out)})
		case err != nil:
			g.err = g.name(err)
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, g.err
}

// open begins the next member; at the end it returns what was found, or EOF.
func (g *gzipReader) open() error {
	if _, err := g.src.Peek(1); err == io.EOF && g.isOpen {
		g.note(io.EOF)
		return g.found
	}
	if err := g.gz.reset(g.src); err != nil {
		return g.name(err)
	}
	g.inMember, g.isOpen = true, true
	return nil
}

// note keeps the first thing found.
func (g *gzipReader) note(err error) {
	if g.found == nil {
		g.found = err
	}
}

func (g *gzipReader) name(err error) error {
	switch {
	case isDamage(err):
		return err // of the container around
	case g.found != nil:
		return g.found
	case errors.Is(err, errGzipHeader) && g.out > 0:
		return &damage{"gzip_trailing_bytes", fmt.Errorf("bytes behind the gzip data, after %d bytes", g.out)}
	case errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF:
		return &damage{"corrupt_gzip", fmt.Errorf("gzip is cut short after %d bytes; fetch the file again", g.out)}
	}
	return &damage{"corrupt_gzip", fmt.Errorf("gzip is broken after %d bytes (%w); fetch the file again", g.out, err)}
}

var (
	errGzipHeader   = errors.New("no gzip header")
	errGzipChecksum = errors.New("gzip checksum or length is wrong")
	errDeflate      = errors.New("no valid deflate data")
)

// gzipMember decodes one member of a gzip file: header, data, trailer.
type gzipMember struct {
	src *bufio.Reader
	in  []byte // what src has buffered
	pos int    // in in
	eof error  // why src has no more, once in is all there is

	bits  uint64
	nbits uint // in bits that are valid

	out  []byte // what was decoded last, the window in front
	r, w int    // of out: delivered, and decoded up to

	block   func(*gzipMember) error // goes on with the current block; nil between blocks
	stored  int                     // bytes left in a stored block
	isLast  bool                    // the current block is
	isFixed bool                    // the tables are the fixed ones
	crc     uint32
	size    uint32
	err     error

	lit  [1<<litBits + 2048]uint32
	dist [1<<distBits + 1024]uint32
	lens [288 + 32]uint8
}

func newGzipMember() *gzipMember {
	return &gzipMember{out: make([]byte, windowSize+chunkSize+outMargin)}
}

// reset begins with the next member. It gives io.EOF where there is none.
func (m *gzipMember) reset(src *bufio.Reader) error {
	m.src, m.in, m.pos, m.eof, m.bits, m.nbits = src, nil, 0, nil, 0, 0
	m.r, m.w, m.block, m.isLast, m.crc, m.size, m.err = 0, 0, nil, false, 0, 0, nil
	return readGzipHeader(src)
}

// readGzipHeader reads over a member's header.
func readGzipHeader(src *bufio.Reader) error {
	const headerCRC, extra, name, comment = 2, 4, 8, 16
	if _, err := src.Peek(1); err != nil {
		return err
	}
	head := make([]byte, 10)
	if _, err := io.ReadFull(src, head); err != nil {
		return err
	}
	if head[0] != 0x1f || head[1] != 0x8b || head[2] != 8 {
		return errGzipHeader
	}
	flags, sum := head[3], crc32.ChecksumIEEE(head)
	take := func(p []byte) error {
		_, err := io.ReadFull(src, p)
		sum = crc32.Update(sum, crc32.IEEETable, p)
		return cutShort(err)
	}
	if flags&extra != 0 {
		length := make([]byte, 2)
		if err := take(length); err != nil {
			return err
		}
		if err := take(make([]byte, binary.LittleEndian.Uint16(length))); err != nil {
			return err
		}
	}
	for _, member := range []byte{name, comment} {
		for c, length := make([]byte, 1), 0; flags&member != 0; length++ {
			if length == 512 { // no name: rubbish
				return errGzipHeader
			}
			if err := take(c); err != nil {
				return err
			}
			if c[0] == 0 {
				break
			}
		}
	}
	if flags&headerCRC != 0 {
		want, was := make([]byte, 2), uint16(sum)
		if err := take(want); err != nil {
			return err
		}
		if binary.LittleEndian.Uint16(want) != was {
			return errGzipHeader
		}
	}
	return nil
}

// cutShort names an end within.
func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Read gives what is decoded. All that stands before a break is given before its error.
func (m *gzipMember) Read(p []byte) (int, error) {
	for m.r == m.w {
		if m.err != nil {
			return 0, m.err
		}
		if m.w > windowSize+chunkSize/2 {
			copy(m.out, m.out[m.w-windowSize:m.w])
			m.w = windowSize
		}
		m.r = m.w
		m.err = m.decode()
		m.crc = crc32.Update(m.crc, crc32.IEEETable, m.out[m.r:m.w])
		m.size += uint32(m.w - m.r)
		if m.err == io.EOF {
			m.err = m.trailer()
		}
	}
	n := copy(p, m.out[m.r:m.w])
	m.r += n
	return n, nil
}

// trailer reads behind the last block; io.EOF is the good end.
func (m *gzipMember) trailer() error {
	m.giveBack()
	m.src.Discard(m.pos) // is buffered
	m.in, m.pos = nil, 0
	tail := make([]byte, 8)
	if _, err := io.ReadFull(m.src, tail); err != nil {
		return cutShort(err)
	}
	if binary.LittleEndian.Uint32(tail) != m.crc || binary.LittleEndian.Uint32(tail[4:]) != m.size {
		return errGzipChecksum
	}
	return io.EOF
}
