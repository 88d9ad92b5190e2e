package archive

import (
	"strconv"
	"time"
)

// style is a set of harmless habits an archive's JSON may have: the content
// stays the same, the bytes differ.
type style uint8

const (
	styleStrings   style = 1 << iota // integers as text: "direction":"1"
	styleEmpty                       // "" for a member that is absent
	styleTwoBlanks                   // two blanks between date and time
	styleExtra                       // members nobody documented
)

// phone is a mobile number without its +86.
type phone uint64

// object appends members to a JSON object by hand: a record takes well under a
// microsecond this way, several with reflection. Text must need no escaping.
type object struct {
	buf   []byte
	style style
}

func (o *object) open() { o.buf = append(o.buf, '{') }

func (o *object) close() { o.buf = append(o.buf, '}') }

// key appends a member's name, and the comma before it unless it comes first.
func (o *object) key(name string) {
	if o.buf[len(o.buf)-1] != '{' {
		o.buf = append(o.buf, ',')
	}
	o.buf = append(o.buf, '"')
	o.buf = append(o.buf, name...)
	o.buf = append(o.buf, '"', ':')
}

// absent leaves a member out, or writes it empty where the style asks for it.
func (o *object) absent(name string) {
	if o.style&styleEmpty != 0 {
		o.key(name)
		o.buf = append(o.buf, '"', '"')
	}
}

func (o *object) text(name, value string) {
	if value == "" {
		o.absent(name)
		return
	}
	o.key(name)
	o.buf = append(o.buf, '"')
	o.buf = append(o.buf, value...)
	o.buf = append(o.buf, '"')
}

func (o *object) number(name string, value int) {
	o.key(name)
	if o.style&styleStrings == 0 {
		o.buf = strconv.AppendInt(o.buf, int64(value), 10)
		return
	}
	o.buf = append(o.buf, '"')
	o.buf = strconv.AppendInt(o.buf, int64(value), 10)
	o.buf = append(o.buf, '"')
}

func (o *object) phone(name string, value phone) {
	if value == 0 {
		o.absent(name)
		return
	}
	o.key(name)
	o.buf = append(o.buf, '"')
	o.buf = appendPhone(o.buf, value)
	o.buf = append(o.buf, '"')
}

// time appends a UTC time of seconds; 0 is absent.
func (o *object) time(name string, at int64) {
	if at == 0 {
		o.absent(name)
		return
	}
	o.key(name)
	o.buf = append(o.buf, '"')
	o.buf = appendUTC(o.buf, at)
	if o.style&styleTwoBlanks != 0 {
		o.doubleBlank()
	}
	o.buf = append(o.buf, '"')
}

// doubleBlank doubles the blank of the time just written.
func (o *object) doubleBlank() {
	const clock = len("15:04:05")
	n := len(o.buf)
	o.buf = append(o.buf, 0)
	copy(o.buf[n-clock+1:], o.buf[n-clock:n])
	o.buf[n-clock] = ' '
}

// quoted appends a member whose text is built in place.
func (o *object) quoted(name string, build func(buf []byte) []byte) {
	o.key(name)
	o.buf = append(o.buf, '"')
	o.buf = build(o.buf)
	o.buf = append(o.buf, '"')
}

func appendPhone(buf []byte, p phone) []byte {
	return strconv.AppendUint(append(buf, "+86"...), uint64(p), 10)
}

// appendUTC appends Unix seconds as "2006-01-02 15:04:05" in UTC.
func appendUTC(buf []byte, at int64) []byte {
	return time.Unix(at, 0).UTC().AppendFormat(buf, time.DateTime)
}

// appendPadded appends a number with leading zeros up to width.
func appendPadded(buf []byte, value, width int) []byte {
	var digits [20]byte
	text := strconv.AppendInt(digits[:0], int64(value), 10)
	for range width - len(text) {
		buf = append(buf, '0')
	}
	return append(buf, text...)
}

// appendHex appends all 16 hexadecimal digits of a number.
func appendHex(buf []byte, value uint64) []byte {
	const digits = "0123456789abcdef"
	for shift := 60; shift >= 0; shift -= 4 {
		buf = append(buf, digits[value>>shift&15])
	}
	return buf
}

// scramble turns a counter into an even-looking number: ids come from it, so
// that a record can be encoded again without being kept.
func scramble(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
