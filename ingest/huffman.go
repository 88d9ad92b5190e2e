package ingest

import "math/bits"

// A table's entry: how many bits it takes, of these how many are the code, what it
// stands for, and of which kind it is. Zero is a code that is not there.
const (
	entryBits  = 31      // mask: code and extra bits together
	entryCode  = 5       // shift: bits of the code
	entryValue = 12      // shift: literal, base of a length or distance, place of a second table
	entryPair  = 28      // shift: whether a second literal follows the first
	isLiteral  = 1 << 31 // a byte, or two
	isSpecial  = 1 << 30 // the end of the block, or with isSecond a second table
	isSecond   = 1 << 29
)

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
	pairLiterals(m.lit[:1<<litBits])
	return nil
}

// pairLiterals has an entry stand for two literals where the codes of both fit into its
// bits, as they do for most of a text. The bits of the first code stay in it, for
// whoever takes one at a time. An entry looks at a lower one, which is still single.
func pairLiterals(table []uint32) {
	for i := len(table) - 1; i >= 0; i-- {
		e := table[i]
		if e&isLiteral == 0 {
			continue
		}
		n := e & entryBits
		second := table[i>>n]
		if total := n + second&entryBits; second&isLiteral != 0 && total <= litBits {
			table[i] = e&^entryBits | total | second&(0xff<<entryValue)<<8 | 1<<entryPair
		}
	}
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
