package ingest

import (
	"encoding/binary"
	"runtime"
	"unsafe"
)

// batchRows is how many rows DuckDB takes at once.
const batchRows = 2048

// batchTextBytes bounds the texts of a batch; one that is full earlier goes
// with fewer rows.
const batchTextBytes = 1 << 20

// positionCount is the number of columns that say where a record lies: file,
// body, line and record.
const positionCount = 4

// batch is up to batchRows fee records, column by column as DuckDB's vectors
// lie in memory, so that handing one over copies columns and not values.
type batch struct {
	rows      int
	positions [positionCount][batchRows]int32
	texts     [textCount][batchRows]textSlot
	codes     [codeCount][batchRows]int32
	numbers   [numberCount][batchRows]int64
	times     [timeCount][batchRows]int64 // seconds since 1970
	present   [fieldCount][batchRows / 64]uint64
	callIDs   [batchRows]uint64
	uuids     [uuidCount][batchRows]uuid
	hasUUID   [uuidCount][batchRows / 64]uint64
	used      int    // of heap
	heap      []byte // texts that are too long for their slot
	pin       runtime.Pinner
	clock     clock
	shape     shape
	scratch   []byte // the text of an identity
}

// textSlot is DuckDB's string_t: the length, and up to 12 bytes of text or the
// first four and where the text lies.
type textSlot [2]uint64

const slotBytes = 12

func newBatch() *batch {
	b := &batch{heap: make([]byte, batchTextBytes)}
	b.pin.Pin(&b.heap[0]) // DuckDB reads it until it asks for the next batch
	b.clear(0)
	return b
}

// clear drops the rows from row on.
func (b *batch) clear(row int) {
	for f := range b.present {
		for i := row; i < batchRows && i&63 != 0; i++ {
			b.present[f][i>>6] |= 1 << (i & 63)
		}
		for w := (row + 63) >> 6; w < batchRows/64; w++ {
			b.present[f][w] = ^uint64(0)
		}
	}
	for u := range b.hasUUID {
		for i := row; i < batchRows && i&63 != 0; i++ {
			b.hasUUID[u][i>>6] &^= 1 << (i & 63)
		}
		for w := (row + 63) >> 6; w < batchRows/64; w++ {
			b.hasUUID[u][w] = 0
		}
	}
	if b.rows = row; row == 0 {
		b.used = 0
	}
}

// put is what became of a push offered to a batch.
type put int

const (
	taken    put = iota
	noRoom       // the batch is too full; it fits an empty one
	notPlain     // to be read as text
)

// push takes the records of one plain push, all or none of them.
func (b *batch) push(fileID, bodyNo, line int64, body []byte) (put, int64) {
	list, ok := feeList(body)
	if !ok {
		return notPlain, 0
	}
	was, used := b.rows, b.used
	c := &cutter{text: list, careful: !isSmooth(list), shape: &b.shape}
	result := b.list(c, [positionCount]int32{int32(fileID), int32(bodyNo), int32(line)})
	if result == taken && c.take(']') && c.take('}') && c.at == len(c.text) {
		return taken, int64(b.rows - was)
	}
	if result == taken || was == 0 {
		result = notPlain
	}
	b.clear(was)
	b.used = used
	return result, 0
}

// list takes records until one has no comma behind it.
func (b *batch) list(c *cutter, position [positionCount]int32) put {
	for {
		if b.rows == batchRows {
			return noRoom
		}
		position[positionCount-1]++
		for i, n := range position {
			b.positions[i][b.rows] = n
		}
		if result := b.record(c); result != taken {
			return result
		}
		b.rows++
		if !c.take(',') {
			return taken
		}
	}
}

// record takes the members of one record.
func (b *batch) record(c *cutter) put {
	if !c.take('{') {
		return notPlain
	}
	var named, set fieldSet
	var id identity
	c.shape.next = 0
	for {
		f, ok := c.member()
		if !ok {
			return notPlain
		}
		value, ok := c.value(f != unread)
		if !ok {
			return notPlain
		}
		if f != unread {
			if named.has(f) {
				return notPlain // the same member twice
			}
			named |= 1 << f
		}
		if f != unread && value != nil {
			isSet, result := b.set(f, value)
			if result != taken {
				return result
			}
			if isSet {
				set |= 1 << f
			}
			if f <= sessionID {
				id[f] = value
			}
		}
		if c.take(',') {
			continue
		}
		if !c.take('}') || set&identifying == 0 {
			return notPlain
		}
		for absent := allFields &^ set; absent != 0; absent &= absent - 1 {
			b.present[absent.first()][b.rows>>6] &^= 1 << (b.rows & 63)
		}
		b.callIDs[b.rows] = b.callID(id, set)
		return taken
	}
}

// set writes a value to the current row. A code or time that is empty is as
// good as absent.
func (b *batch) set(f field, value []byte) (set bool, result put) {
	ok := true
	switch {
	case f == icid:
		return true, b.setText(f, b.cutHex(value))
	case f == subscriptionID && b.packUUID(value):
		return false, taken
	case f < direction:
		return true, b.setText(f, value)
	case len(value) == 0 && (f < bindNum || f >= callInTime):
		return false, taken
	case f < bindNum:
		b.codes[f-direction][b.rows], ok = code(value)
	case f < callInTime:
		b.numbers[f-bindNum][b.rows], ok = number(value)
	default:
		b.times[f-callInTime][b.rows], ok = b.clock.seconds(value)
	}
	if !ok {
		return false, notPlain
	}
	return true, taken
}

// setText writes a text to the current row.
func (b *batch) setText(f field, value []byte) put {
	slot := &b.texts[f][b.rows]
	if len(value) <= slotBytes {
		var padded [16]byte
		copy(padded[4:], value)
		slot[0] = binary.LittleEndian.Uint64(padded[:8]) | uint64(len(value))
		slot[1] = binary.LittleEndian.Uint64(padded[8:])
		return taken
	}
	if b.used+len(value) > len(b.heap) {
		return noRoom
	}
	text := b.heap[b.used : b.used+len(value)]
	b.used += copy(text, value)
	slot[0] = uint64(len(value)) | uint64(binary.LittleEndian.Uint32(text))<<32
	slot[1] = uint64(uintptr(unsafe.Pointer(&text[0])))
	return taken
}

func loadWord(text []byte) uint64 { return binary.LittleEndian.Uint64(text) }
