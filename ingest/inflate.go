package ingest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/bits"
)

// Archives are gzip, and a load spent a quarter of its processor time in a decoder
// that fetches its input byte by byte. This one (RFC 1951 and 1952) looks at eight
// bytes at a time and copies matches by the word, as libdeflate does. It is held
// against the standard library by a fuzz target.

var (
	errGzipHeader   = errors.New("no gzip header")
	errGzipChecksum = errors.New("gzip checksum or length is wrong")
	errDeflate      = errors.New("no valid deflate data")
)

const (
	litBits    = 11 // of the first table of literals and lengths
	distBits   = 8  // of the first table of distances
	windowSize = 32 << 10
	chunkSize  = 256 << 10

	// A match is written in words and may go beyond its end by one; and the fast loop
	// reads a word at once.
	maxMatch  = 258
	outMargin = maxMatch + 16
	inMargin  = 16
)

// A table's entry: how many bits it takes, of these how many are the code, what it
// stands for, and of which kind it is. Zero is a code that is not there.
const (
	entryBits  = 31      // mask: code and extra bits together
	entryCode  = 5       // shift: bits of the code
	entryValue = 12      // shift: literal, base of a length or distance, place of a second table
	isLiteral  = 1 << 31 // a byte
	isSpecial  = 1 << 30 // the end of the block, or with isSecond a second table
	isSecond   = 1 << 29
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
	const text, headerCRC, extra, name, comment = 1, 2, 4, 8, 16
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

// decode fills out as far as it goes; io.EOF is the end of the last block.
func (m *gzipMember) decode() error {
	for m.w < len(m.out)-outMargin {
		if m.block == nil {
			if m.isLast {
				return io.EOF
			}
			if err := m.openBlock(); err != nil {
				return err
			}
		}
		if err := m.block(m); err != nil {
			return err
		}
	}
	return nil
}

// giveBack returns the whole bytes that are looked ahead.
func (m *gzipMember) giveBack() {
	m.pos -= int(m.nbits >> 3)
	m.nbits &= 7
	m.bits &= 1<<m.nbits - 1
}

// fetch has src read on, so that in has more than a margin or is all there is.
func (m *gzipMember) fetch() {
	m.giveBack()
	m.src.Discard(m.pos) // is buffered
	_, err := m.src.Peek(4 * inMargin)
	m.in, _ = m.src.Peek(m.src.Buffered())
	m.pos = 0
	if len(m.in) < 4*inMargin {
		m.eof = err
	}
}

// need has n bits ready, n at most 32.
func (m *gzipMember) need(n uint) error {
	for m.nbits < n {
		if m.pos == len(m.in) {
			if m.eof != nil {
				return cutShort(m.eof)
			}
			m.fetch()
			continue
		}
		m.bits |= uint64(m.in[m.pos]) << m.nbits
		m.pos++
		m.nbits += 8
	}
	return nil
}

// take removes n bits that are ready.
func (m *gzipMember) take(n uint) uint {
	v := uint(m.bits & (1<<n - 1))
	m.bits >>= n
	m.nbits -= n
	return v
}

// get reads n bits.
func (m *gzipMember) get(n uint) (uint, error) {
	if err := m.need(n); err != nil {
		return 0, err
	}
	return m.take(n), nil
}

// openBlock reads a block's head.
func (m *gzipMember) openBlock() error {
	head, err := m.get(3)
	if err != nil {
		return err
	}
	m.isLast = head&1 != 0
	switch head >> 1 {
	case 0:
		return m.openStored()
	case 1:
		m.block = (*gzipMember).huffman
		return m.fixedTables()
	case 2:
		m.block = (*gzipMember).huffman
		return m.dynamicTables()
	}
	return errDeflate
}

func (m *gzipMember) openStored() error {
	m.giveBack()
	m.bits, m.nbits = 0, 0 // the rest of the byte is filling
	length, err := m.get(16)
	if err != nil {
		return err
	}
	inverse, err := m.get(16)
	if err != nil {
		return err
	}
	if length != ^inverse&0xffff {
		return errDeflate
	}
	m.giveBack()
	m.stored, m.block = int(length), (*gzipMember).copyStored
	return nil
}

// copyStored copies a stored block as far as there is input and room.
func (m *gzipMember) copyStored() error {
	for m.stored > 0 {
		room := len(m.out) - outMargin - m.w
		if room <= 0 {
			return nil
		}
		if m.pos == len(m.in) {
			if m.eof != nil {
				return cutShort(m.eof)
			}
			m.fetch()
			continue
		}
		n := copy(m.out[m.w:m.w+min(room, m.stored)], m.in[m.pos:])
		m.w, m.pos, m.stored = m.w+n, m.pos+n, m.stored-n
	}
	m.block = nil
	return nil
}

// fixedTables sets the codes that need no telling.
func (m *gzipMember) fixedTables() error {
	if m.isFixed {
		return nil
	}
	for i := range 288 {
		switch {
		case i < 144:
			m.lens[i] = 8
		case i < 256:
			m.lens[i] = 9
		case i < 280:
			m.lens[i] = 7
		default:
			m.lens[i] = 8
		}
	}
	for i := range 32 {
		m.lens[288+i] = 5
	}
	m.isFixed = true
	return m.tables(m.lens[:288], m.lens[288:320])
}

// lengthOrder is how the lengths of the code of lengths come.
var lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// dynamicTables reads the codes of a block.
func (m *gzipMember) dynamicTables() error {
	m.isFixed = false
	counts, err := m.get(14)
	if err != nil {
		return err
	}
	nlit, ndist, nlens := int(counts&31)+257, int(counts>>5&31)+1, int(counts>>10)+4
	if nlit > 286 || ndist > 30 {
		return errDeflate
	}
	var first [19]uint8
	for _, at := range lengthOrder[:nlens] {
		v, err := m.get(3)
		if err != nil {
			return err
		}
		first[at] = uint8(v)
	}
	var values [19]uint32
	for i := range values {
		values[i] = isLiteral | uint32(i)<<entryValue
	}
	if !fillTable(m.dist[:], first[:], values[:], 7) {
		return errDeflate
	}
	if err := m.readLengths(nlit + ndist); err != nil {
		return err
	}
	return m.tables(m.lens[:nlit], m.lens[nlit:nlit+ndist])
}

// readLengths reads the lengths of all codes, by the code that lies in dist.
func (m *gzipMember) readLengths(n int) error {
	for i := 0; i < n; {
		e, err := m.symbol(m.dist[:], 7)
		if err != nil {
			return err
		}
		v := e >> entryValue & 0xff
		if v < 16 {
			m.lens[i] = uint8(v)
			i++
			continue
		}
		width, least, repeated := uint(7), 11, uint8(0)
		switch {
		case v == 16 && i == 0:
			return errDeflate
		case v == 16:
			width, least, repeated = 2, 3, m.lens[i-1]
		case v == 17:
			width, least = 3, 3
		}
		more, err := m.get(width)
		if err != nil {
			return err
		}
		count := least + int(more)
		if i+count > n {
			return errDeflate
		}
		for range count {
			m.lens[i] = repeated
			i++
		}
	}
	return nil
}

// litValues and distValues are what the symbols stand for, with their extra bits.
var litValues, distValues = func() (lit [288]uint32, dist [32]uint32) {
	for i := range uint32(256) {
		lit[i] = isLiteral | i<<entryValue
	}
	lit[256] = isSpecial
	base, extra := uint32(3), uint32(0)
	for i := uint32(257); i < 285; i++ {
		if i >= 265 && (i-265)%4 == 0 {
			extra++
		}
		lit[i] = base<<entryValue | extra
		base += 1 << extra
	}
	lit[285] = 258 << entryValue
	base, extra = 1, 0
	for i := range uint32(30) {
		if i >= 4 && i%2 == 0 {
			extra++
		}
		dist[i] = base<<entryValue | extra
		base += 1 << extra
	}
	return lit, dist // 286, 287 and distances 30, 31 stand for nothing
}()

func (m *gzipMember) tables(lit, dist []uint8) error {
	if !fillTable(m.lit[:], lit, litValues[:], litBits) || !fillTable(m.dist[:], dist, distValues[:], distBits) {
		return errDeflate
	}
	return nil
}

// fillTable makes the table of a code from the lengths of its symbols: 1<<first
// entries for the bits that come first, and behind them second tables for longer codes.
// It refuses a code that says too much or, but for one of a single bit, too little.
func fillTable(table []uint32, lens []uint8, values []uint32, first uint) bool {
	var counts, next [16]int
	for _, l := range lens {
		counts[l]++
	}
	clear(table[:1<<first])
	used := len(lens) - counts[0]
	if used == 0 {
		return true // whoever asks finds nothing
	}
	counts[0] = 0
	var place [16]int
	code, left := 0, 1
	for l := 1; l < 16; l++ {
		code = (code + counts[l-1]) << 1
		next[l], place[l] = code, place[l-1]+counts[l-1]
		if left = left<<1 - counts[l]; left < 0 {
			return false
		}
	}
	if left > 0 && (used != 1 || counts[1] != 1) {
		return false
	}
	// In the order of their lengths, so that a second table is made when its first
	// code comes, as wide as the codes still to come can need.
	var order [288]uint16
	for symbol, l := range lens {
		if l > 0 {
			order[place[l]] = uint16(symbol)
			place[l]++
		}
	}
	end := 1 << first
	for _, symbol := range order[:used] {
		n, e := uint(lens[symbol]), values[symbol]
		reversed := uint(bits.Reverse16(uint16(next[n]))) >> (16 - n)
		next[n]++
		start, width := 0, first
		if n > first {
			prefix := reversed & (1<<first - 1)
			if table[prefix] == 0 {
				width := secondWidth(&counts, n, first)
				if end+1<<width > len(table) {
					return false
				}
				table[prefix] = isSpecial | isSecond | uint32(end)<<entryValue | uint32(width)<<entryCode | uint32(first)
				clear(table[end : end+1<<width])
				end += 1 << width
			}
			start, width = int(table[prefix]>>entryValue&0xffff), uint(table[prefix]>>entryCode&31)
			reversed >>= first
		}
		counts[n]--
		if n > first {
			n -= first
		}
		if e != 0 {
			e += uint32(n) + uint32(n)<<entryCode
		}
		for i := reversed; i < 1<<width; i += 1 << n {
			table[start+int(i)] = e
		}
	}
	return true
}

// secondWidth is how many bits more than the first the codes can have that share a
// prefix with one of n bits; counts are those still to come.
func secondWidth(counts *[16]int, n, first uint) uint {
	width := n - first
	for left := 1 << width; first+width < 15; width++ {
		if left -= counts[first+width]; left <= 0 {
			break
		}
		left <<= 1
	}
	return width
}

// symbol reads one symbol as its entry, and removes its code but not its extra bits:
// for the ends of input and output, where the fast loop may not go.
func (m *gzipMember) symbol(table []uint32, first uint) (uint32, error) {
	for {
		e := table[m.bits&(1<<first-1)]
		code := uint(e >> entryCode & 31)
		if e&isSecond != 0 {
			e = table[uint64(e>>entryValue&0xffff)+m.bits>>first&(1<<code-1)]
			code = first + uint(e>>entryCode&31)
		}
		if e != 0 && code <= m.nbits {
			m.take(code)
			return e, nil
		}
		// Either there is no such code, or more bits are needed to tell.
		if m.nbits >= 15 {
			return 0, errDeflate
		}
		if err := m.need(m.nbits + 1); err != nil {
			return 0, err
		}
	}
}

// extra is the length or distance of an entry whose code has been removed.
func (m *gzipMember) extra(e uint32) (int, error) {
	more, err := m.get(uint(e&entryBits - e>>entryCode&31))
	return int(e>>entryValue&0xffff) + int(more), err
}

// huffman decodes a block as far as there is room.
func (m *gzipMember) huffman() error {
	for m.w < len(m.out)-outMargin {
		if len(m.in)-m.pos < inMargin && m.eof == nil {
			m.fetch()
		}
		if len(m.in)-m.pos >= inMargin {
			done, err := m.huffmanFast()
			if done || err != nil {
				return err
			}
			continue
		}
		e, err := m.symbol(m.lit[:], litBits)
		switch {
		case err != nil:
			return err
		case e&isLiteral != 0:
			m.out[m.w] = byte(e >> entryValue)
			m.w++
			continue
		case e&isSpecial != 0:
			m.block = nil
			return nil
		}
		length, err := m.extra(e)
		if err != nil {
			return err
		}
		if e, err = m.symbol(m.dist[:], distBits); err != nil {
			return err
		}
		dist, err := m.extra(e)
		if err != nil {
			return err
		}
		if dist > m.w {
			return errDeflate
		}
		copyMatch(m.out, m.w, dist, length)
		m.w += length
	}
	return nil
}

// copyMatch repeats what was decoded dist bytes ago. It may write up to a word more.
func copyMatch(out []byte, w, dist, length int) {
	src := w - dist
	if dist < 8 {
		for end := w + length; w < end; w, src = w+1, src+1 {
			out[w] = out[src]
		}
		return
	}
	for end := w + length; w < end; w, src = w+8, src+8 {
		binary.LittleEndian.PutUint64(out[w:], binary.LittleEndian.Uint64(out[src:]))
	}
}

// huffmanFast decodes while input and output have their margins. It tells whether the
// block is done.
func (m *gzipMember) huffmanFast() (done bool, err error) {
	in, pos, out, w := m.in, m.pos, m.out, m.w
	bits, nbits := m.bits, m.nbits
	lit, dist := &m.lit, &m.dist
	lastIn, lastOut := len(in)-inMargin, len(out)-outMargin
	for pos <= lastIn && w < lastOut {
		bits |= binary.LittleEndian.Uint64(in[pos:]) << (nbits & 63)
		pos += int((63 - nbits) >> 3)
		nbits |= 56
		e := lit[bits&(1<<litBits-1)]
		if e&isLiteral != 0 {
			bits >>= e & entryBits
			nbits -= uint(e & entryBits)
			out[w] = byte(e >> entryValue)
			w++
			if e = lit[bits&(1<<litBits-1)]; e&isLiteral != 0 {
				bits >>= e & entryBits
				nbits -= uint(e & entryBits)
				out[w] = byte(e >> entryValue)
				w++
				continue
			}
		}
		if e&isSecond != 0 {
			bits >>= litBits
			nbits -= litBits
			e = lit[(uint64(e>>entryValue)+bits&(1<<(e>>entryCode&31)-1))&4095]
			if e&isLiteral != 0 {
				bits >>= e & entryBits
				nbits -= uint(e & entryBits)
				out[w] = byte(e >> entryValue)
				w++
				continue
			}
		}
		if e == 0 {
			err = errDeflate
			break
		}
		saved := bits
		bits >>= e & entryBits
		nbits -= uint(e & entryBits)
		if e&isSpecial != 0 {
			m.block, done = nil, true
			break
		}
		length := int(e>>entryValue) + int(saved&(1<<(e&entryBits)-1)>>(e>>entryCode&31))
		if nbits < 32 { // a distance takes up to 28
			bits |= binary.LittleEndian.Uint64(in[pos:]) << (nbits & 63)
			pos += int((63 - nbits) >> 3)
			nbits |= 56
		}
		e = dist[bits&(1<<distBits-1)]
		if e&isSecond != 0 {
			bits >>= distBits
			nbits -= distBits
			e = dist[uint64(e>>entryValue&0xffff)+bits&(1<<(e>>entryCode&31)-1)]
		}
		if e == 0 {
			err = errDeflate
			break
		}
		saved = bits
		bits >>= e & entryBits
		nbits -= uint(e & entryBits)
		back := int(e>>entryValue) + int(saved&(1<<(e&entryBits)-1)>>(e>>entryCode&31))
		if back > w {
			err = errDeflate
			break
		}
		copyMatch(out, w, back, length)
		w += length
	}
	m.pos, m.w, m.bits, m.nbits = pos, w, bits&(1<<nbits-1), nbits
	return done, err
}
