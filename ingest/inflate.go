package ingest

import (
	"encoding/binary"
	"io"
)

// Archives are gzip, and a load spent a quarter of its processor time in a decoder
// that fetches its input byte by byte. This one (RFC 1951) looks at eight bytes at a
// time, takes two literals at once where their codes are short, and copies matches by
// the word, as libdeflate does. It is held against the standard library by FuzzGzip.

const (
	litBits    = 11 // of the first table of literals and lengths
	distBits   = 8  // of the first table of distances
	windowSize = 32 << 10
	chunkSize  = 256 << 10

	// A match is written in words of up to 16 bytes and may go beyond its end by one,
	// and stands behind the literals of the same turn; and the fast loop reads a word
	// at once.
	maxMatch  = 258
	outMargin = maxMatch + 32
	inMargin  = 16
)

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

// copyMatch repeats what was decoded dist bytes ago. It may write up to 15 bytes more.
func copyMatch(out []byte, w, dist, length int) {
	src := w - dist
	switch {
	case dist >= 16:
		for end := w + length; w < end; w, src = w+16, src+16 {
			*(*[16]byte)(out[w:]) = *(*[16]byte)(out[src:])
		}
	case dist >= 8:
		for end := w + length; w < end; w, src = w+8, src+8 {
			binary.LittleEndian.PutUint64(out[w:], binary.LittleEndian.Uint64(out[src:]))
		}
	default:
		for end := w + length; w < end; w, src = w+1, src+1 {
			out[w] = out[src]
		}
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
			binary.LittleEndian.PutUint16(out[w:], uint16(e>>entryValue))
			w += 1 + int(e>>entryPair&1)
			if e = lit[bits&(1<<litBits-1)]; e&isLiteral != 0 {
				bits >>= e & entryBits
				nbits -= uint(e & entryBits)
				binary.LittleEndian.PutUint16(out[w:], uint16(e>>entryValue))
				w += 1 + int(e>>entryPair&1)
				if e = lit[bits&(1<<litBits-1)]; e&isLiteral != 0 {
					bits >>= e & entryBits
					nbits -= uint(e & entryBits)
					binary.LittleEndian.PutUint16(out[w:], uint16(e>>entryValue))
					w += 1 + int(e>>entryPair&1)
					continue
				}
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
