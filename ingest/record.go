package ingest

import (
	"bytes"
	"encoding/json"
	"math/bits"
	"slices"
	"strings"
)

// Cutting the records of a plain push into columns: looks at bytes, moves
// them, and decides nothing. What is not plainly a list of flat JSON objects
// is left to SQL, which reads the whole body as text.

// field is a member of a fee record that is loaded.
type field int

// The fields by the form their plain value has: any text; a whole number; a
// phone number; a time "2026-10-31 23:59:59". Text, code, number and time
// columns lie in this order in a batch.
const (
	appKey field = iota
	icid
	sessionID
	subscriptionID
	notifyMode
	recordFlag

	direction
	ulFailReason
	fwdUnaswRsn
	sipStatusCode

	bindNum
	callerNum
	calleeNum
	fwdDisplayNum
	fwdDstNum
	serviceType // digits as of a phone number

	callInTime
	fwdStartTime
	fwdAlertingTime
	fwdAnswerTime
	callEndTime
	failTime
	callOutAnswerTime

	fieldCount
	unread = fieldCount // a member that is not loaded

	textCount   = int(direction)
	codeCount   = int(bindNum - direction)
	numberCount = int(callInTime - bindNum)
	timeCount   = int(fieldCount - callInTime)
)

func fieldOf(name []byte) field {
	switch string(name) {
	case "appKey":
		return appKey
	case "icid":
		return icid
	case "sessionId":
		return sessionID
	case "subscriptionId":
		return subscriptionID
	case "serviceType":
		return serviceType
	case "notifyMode":
		return notifyMode
	case "recordFlag":
		return recordFlag
	case "direction":
		return direction
	case "ulFailReason":
		return ulFailReason
	case "fwdUnaswRsn":
		return fwdUnaswRsn
	case "sipStatusCode":
		return sipStatusCode
	case "bindNum":
		return bindNum
	case "callerNum":
		return callerNum
	case "calleeNum":
		return calleeNum
	case "fwdDisplayNum":
		return fwdDisplayNum
	case "fwdDstNum":
		return fwdDstNum
	case "callInTime":
		return callInTime
	case "fwdStartTime":
		return fwdStartTime
	case "fwdAlertingTime":
		return fwdAlertingTime
	case "fwdAnswerTime":
		return fwdAnswerTime
	case "callEndTime":
		return callEndTime
	case "failTime":
		return failTime
	case "callOutAnswerTime":
		return callOutAnswerTime
	}
	return unread
}

// feeList returns what stands behind the opening bracket of a plain push's
// feeLst.
func feeList(body []byte) (list []byte, ok bool) {
	rest, ok := cutMember(body[1:], `"eventType"`)
	if !ok || len(rest) < 5 || !bytes.EqualFold(rest[:5], []byte(`"fee"`)) {
		return nil, false
	}
	rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest[5:], " \t"), []byte(","))
	if !ok {
		return nil, false
	}
	rest, ok = cutMember(rest, `"feeLst"`)
	if !ok || len(rest) == 0 || rest[0] != '[' {
		return nil, false
	}
	return rest[1:], true
}

// cutMember cuts a member's name and colon off the start of text.
func cutMember(text []byte, name string) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(text, " \t"), []byte(name))
	if !ok {
		return nil, false
	}
	rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " \t"), []byte(":"))
	return bytes.TrimLeft(rest, " \t"), ok
}

// cutter walks over the text of one list of records.
type cutter struct {
	text    []byte
	at      int
	careful bool // the text holds backslashes or control characters
	shape   *shape
}

// shape is the members of the records seen so far, in the order they came in.
// The next record has the same, nearly always, and comparing a name with the
// one expected is four times as quick as finding out what it is.
type shape struct {
	members []knownName
	next    int // the one expected
}

// knownName is a member's name with its quotes and colon.
type knownName struct {
	text  string
	field field
}

// maxShape bounds the members remembered; a record has about 45.
const maxShape = 100

// expected reads a name that a record before had at this place or behind it.
func (c *cutter) expected() (f field, ok bool) {
	for i := c.shape.next; i < len(c.shape.members); i++ {
		m := &c.shape.members[i]
		if end := c.at + len(m.text); end < len(c.text) && string(c.text[c.at:end]) == m.text {
			c.at, c.shape.next = end, i+1
			return m.field, true
		}
	}
	return unread, false
}

// member reads a member's name and its colon.
func (c *cutter) member() (f field, ok bool) {
	if f, ok := c.expected(); ok {
		return f, true
	}
	c.skip()
	from := c.at
	name, ok := c.name()
	if !ok {
		return unread, false
	}
	f = fieldOf(name)
	if len(c.shape.members) < maxShape {
		c.shape.members = slices.Insert(c.shape.members, c.shape.next, knownName{string(c.text[from:c.at]), f})
		c.shape.next++
	}
	return f, true
}

// skip passes over blanks and returns the byte there, or 0 at the end.
func (c *cutter) skip() byte {
	for c.at < len(c.text) {
		if b := c.text[c.at]; b != ' ' && b != '\t' {
			return b
		}
		c.at++
	}
	return 0
}

// take passes over blanks and then over one byte, if it is the one asked for.
func (c *cutter) take(b byte) bool {
	if c.at < len(c.text) && c.text[c.at] == b || c.skip() == b {
		c.at++
		return true
	}
	return false
}

// name reads a member's name and its colon.
func (c *cutter) name() (name []byte, ok bool) {
	if !c.take('"') {
		return nil, false
	}
	n := bytes.IndexByte(c.text[c.at:], '"')
	if n < 0 {
		return nil, false
	}
	name = c.text[c.at : c.at+n]
	c.at += n + 1
	if c.careful && !isSmooth(name) {
		return nil, false
	}
	return name, c.take(':')
}

// value reads a member's value. Its text is nil for null, and of no use for a
// member that is not loaded. It is not ok unless it is plain JSON and, where it is
// loaded, free of escapes.
func (c *cutter) value(isRead bool) (text []byte, ok bool) {
	b := c.skip()
	switch {
	case b == '"' && !c.careful:
		from := c.at + 1
		n := bytes.IndexByte(c.text[from:], '"')
		if n < 0 {
			return nil, false
		}
		c.at = from + n + 1
		return c.text[from : from+n], true
	case b == '"':
		return c.quotedCarefully(c.at+1, isRead)
	case b == '{' || b == '[':
		return nil, !isRead && c.nested()
	}
	from := c.at
	for c.at < len(c.text) && isBare[c.text[c.at]] {
		c.at++
	}
	text = c.text[from:c.at]
	if len(text) == 1 && b >= '0' && b <= '9' {
		return text, true // so most are
	}
	switch string(text) {
	case "null":
		return nil, true
	case "true", "false":
		return text, true
	}
	if isRead {
		return text, isWholeNumber(text)
	}
	return nil, json.Valid(text)
}

// isBare marks the bytes of numbers, true, false and null.
var isBare = [256]bool{
	'-': true, '+': true, '.': true, 'E': true,
	'0': true, '1': true, '2': true, '3': true, '4': true, '5': true, '6': true, '7': true, '8': true, '9': true,
	'a': true, 'e': true, 'f': true, 'l': true, 'n': true, 'r': true, 's': true, 't': true, 'u': true,
}

// quotedCarefully reads a string that may hold escapes or what JSON forbids.
func (c *cutter) quotedCarefully(from int, isRead bool) (text []byte, ok bool) {
	for i := from; i < len(c.text); i++ {
		switch b := c.text[i]; {
		case b == '"':
			c.at = i + 1
			return c.text[from:i], true
		case b < ' ':
			return nil, false
		case b == '\\':
			i++
			if isRead || i == len(c.text) || strings.IndexByte(`"\/bfnrt`, c.text[i]) < 0 {
				return nil, false
			}
		}
	}
	return nil, false
}

// nested passes over an object or list.
func (c *cutter) nested() bool {
	n := valueEnd(c.text[c.at:])
	if c.careful || n < 0 || !json.Valid(c.text[c.at:c.at+n]) {
		return false
	}
	c.at += n
	return true
}

// fieldSet is a set of fields.
type fieldSet uint32

const allFields fieldSet = 1<<fieldCount - 1

// identifying are the members of which a record has at least one.
const identifying fieldSet = 1<<appKey | 1<<icid | 1<<sessionID | 1<<bindNum | 1<<callerNum | 1<<calleeNum | 1<<callEndTime

func (s fieldSet) has(f field) bool { return s&(1<<f) != 0 }

// first returns the lowest field of a set that is not empty.
func (s fieldSet) first() field { return field(bits.TrailingZeros32(uint32(s))) }
