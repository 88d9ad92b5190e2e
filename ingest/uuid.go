package ingest

// uuid is 128 bits as DuckDB keeps them: the lower half, and the upper one with its first
// bit turned over.
type uuid struct{ lower, upper uint64 }

// The texts that are packed as such, a sixth of their cost: the 32 digits that an icid
// begins with, and a binding's id. The macros hex_of and uuid_of do the same.
const (
	icidHex = iota
	subscriptionUUID
	uuidCount
)

// cutHex packs the digits that an icid begins with and returns the rest of it, or all
// where there are none.
func (b *batch) cutHex(icid []byte) []byte {
	if len(icid) < 32 {
		return icid
	}
	upper, ok1 := unhex(icid[:16])
	lower, ok2 := unhex(icid[16:32])
	if !ok1 || !ok2 {
		return icid
	}
	b.setUUID(icidHex, upper, lower)
	return icid[32:]
}

// packUUID packs a text that is a UUID in its usual form: lower case, with hyphens.
func (b *batch) packUUID(text []byte) bool {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return false
	}
	first, ok1 := unhex(text[:8])
	second, ok2 := unhex(text[9:13])
	third, ok3 := unhex(text[14:18])
	fourth, ok4 := unhex(text[19:23])
	last, ok5 := unhex(text[24:])
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 {
		return false
	}
	b.setUUID(subscriptionUUID, first<<32|second<<16|third, fourth<<48|last)
	return true
}

func (b *batch) setUUID(column int, upper, lower uint64) {
	b.uuids[column][b.rows] = uuid{lower, upper ^ 1<<63}
	b.hasUUID[column][b.rows>>6] |= 1 << (b.rows & 63)
}

// hexValues are the digits' values; what is no digit has more bits.
var hexValues = func() (values [256]uint8) {
	for i := range values {
		values[i] = 0xff
	}
	for i, digit := range []byte("0123456789abcdef") {
		values[digit] = uint8(i)
	}
	return values
}()

// unhex reads at most 16 digits, small letters only.
func unhex(text []byte) (v uint64, ok bool) {
	all := uint8(0)
	for _, digit := range text {
		d := hexValues[digit]
		all |= d
		v = v<<4 | uint64(d&0xf)
	}
	return v, all < 16
}
