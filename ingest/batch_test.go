package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
	"unsafe"
)

// names of the fields in the vendor's documents, in the order of a batch.
var fieldNames = strings.Fields(`appKey icid sessionId subscriptionId notifyMode recordFlag
	direction ulFailReason fwdUnaswRsn sipStatusCode
	bindNum callerNum calleeNum fwdDisplayNum fwdDstNum serviceType
	callInTime fwdStartTime fwdAlertingTime fwdAnswerTime callEndTime failTime callOutAnswerTime`)

// text returns a value of a batch as it was delivered, and whether there is one.
func (b *batch) value(f field, row int) (text string, ok bool) {
	if id, ok := b.uuid(subscriptionUUID, row); ok && f == subscriptionID {
		return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:], true
	}
	if b.present[f][row>>6]>>(row&63)&1 == 0 {
		return "", false
	}
	if hex, ok := b.uuid(icidHex, row); ok && f == icid {
		return hex + b.texts[f][row].text(), true
	}
	switch {
	case f < direction:
		return b.texts[f][row].text(), true
	case f < bindNum:
		return strconv.Itoa(int(b.codes[f-direction][row])), true
	case f < callInTime:
		return string(appendNumber(nil, b.numbers[f-bindNum][row])), true
	}
	return time.Unix(b.times[f-callInTime][row], 0).UTC().Format(time.DateTime), true
}

// uuid returns the digits of a UUID of a batch.
func (b *batch) uuid(column, row int) (digits string, ok bool) {
	u := b.uuids[column][row]
	return fmt.Sprintf("%016x%016x", u.upper^1<<63, u.lower), b.hasUUID[column][row>>6]>>(row&63)&1 == 1
}

// text reads a slot as DuckDB does.
func (s *textSlot) text() string {
	n := s[0] & 0xffffffff
	if n <= slotBytes {
		var padded [16]byte
		binary.LittleEndian.PutUint64(padded[:8], s[0])
		binary.LittleEndian.PutUint64(padded[8:], s[1])
		return string(padded[4 : 4+n])
	}
	return string(unsafe.Slice(*(**byte)(unsafe.Pointer(&s[1])), n))
}

// rowText writes the values of a row as "name=value", in the order of a batch.
func (b *batch) rowText(row int) string {
	var parts []string
	for f := range fieldCount {
		if v, ok := b.value(f, row); ok {
			parts = append(parts, fieldNames[f]+"="+v)
		}
	}
	return strings.Join(parts, " ")
}

func push(records ...string) string {
	return `{"eventType":"fee","feeLst":[` + strings.Join(records, ",") + `]}`
}

func TestFieldNames(t *testing.T) {
	for i, name := range fieldNames {
		if got := fieldOf([]byte(name)); got != field(i) {
			t.Errorf("%s is field %d, want %d", name, got, i)
		}
	}
	if len(fieldNames) != int(fieldCount) || len(feedColumns) != positionCount+int(fieldCount)+1+uuidCount { // and the call id
		t.Errorf("%d names, %d columns of %d fields", len(fieldNames), len(feedColumns), fieldCount)
	}
}

// TestPlainPush: what is taken stands in the batch as it was delivered.
func TestPlainPush(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"all forms": {
			push(`{"appKey":"app","icid":"a text longer than its slot","direction":1,"bindNum":"+8617000000001","callEndTime":"2026-10-31 23:59:59"}`),
			[]string{"appKey=app icid=a text longer than its slot direction=1 bindNum=+8617000000001 callEndTime=2026-10-31 23:59:59"},
		},
		"two records": {
			push(`{"icid":"1","direction":0}`, `{"icid":"2"}`),
			[]string{"icid=1 direction=0", "icid=2"},
		},
		"blanks between": {
			"{ \"eventType\" : \"FEE\" ,\t\"feeLst\" : [ { \"icid\" : \"1\" , \"direction\" : 1 } , { \"icid\":\"2\" } ] }",
			[]string{"icid=1 direction=1", "icid=2"},
		},
		"null and blank": {
			push(`{"icid":"","sessionId":null,"bindNum":"","calleeNum":null,"direction":"","callEndTime":""}`),
			[]string{"icid= bindNum="},
		},
		"numbers in other forms": {
			push(`{"icid":"1","bindNum":17000000001,"callerNum":"075512345678","calleeNum":"0","fwdDstNum":"+1"}`),
			[]string{"icid=1 bindNum=17000000001 callerNum=075512345678 calleeNum=0 fwdDstNum=+1"},
		},
		"scalars for text": {
			push(`{"icid":1200,"recordFlag":true,"sessionId":-1}`),
			[]string{"icid=1200 sessionId=-1 recordFlag=true"},
		},
		"members not read": {
			push(`{"icid":"1","a":-0.5e+3,"b":true,"c":{"d":[1,"}"]},"e":"路","f":null}`),
			[]string{"icid=1"},
		},
		"escapes in what is not read": {
			push(`{"icid":"1","url":"http:\/\/example.com","path":"C:\\new\"s"}`),
			[]string{"icid=1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch()
			defer b.pin.Unpin()
			result, n := b.push(7, 8, 9, []byte(c.body))
			if result != taken || n != int64(len(c.want)) || b.rows != len(c.want) {
				t.Fatalf("result %d, %d records, %d rows", result, n, b.rows)
			}
			for i, want := range c.want {
				if got := b.rowText(i); got != want {
					t.Errorf("row %d: %s\nwant   %s", i, got, want)
				}
				for p, want := range []int32{7, 8, 9, int32(i + 1)} {
					if b.positions[p][i] != want {
						t.Errorf("row %d: position %d is %d, want %d", i, p, b.positions[p][i], want)
					}
				}
			}
		})
	}
}

// TestNotPlain: what the batch leaves to SQL, and that it leaves no trace.
func TestNotPlain(t *testing.T) {
	for name, body := range map[string]string{
		"not a push":               `{"eventType":"callin","statusInfo":{"sessionId":"1"}}`,
		"feeLst an object":         `{"eventType":"fee","feeLst":{"icid":"1"}}`,
		"no record":                push(),
		"no object":                push(`{"icid":"1"}`, `5`),
		"empty object":             push(`{"icid":"1"}`, `{}`),
		"nothing that names it":    push(`{"fwdDstNum":"+8613000000000","direction":1}`),
		"the same member twice":    push(`{"icid":"1","icid":"2"}`),
		"twice, the first null":    push(`{"icid":null,"icid":"2","appKey":"a"}`),
		"members behind":           `{"eventType":"fee","feeLst":[{"icid":"1"}],"more":1}`,
		"text behind":              push(`{"icid":"1"}`) + `{}`,
		"comma missing":            push(`{"icid":"1""appKey":"2"}`),
		"comma at the end":         push(`{"icid":"1",}`),
		"torn":                     push(`{"icid":"1"}`)[:40],
		"single quotes":            push(`{'icid':'1'}`),
		"bare word":                push(`{"icid":"1","a":nul}`),
		"bare name":                push(`{"icid":"1",a:1}`),
		"leading zero":             push(`{"icid":"1","a":01}`),
		"bad nested":               push(`{"icid":"1","a":{b:1}}`),
		"nested where text is":     push(`{"icid":{"a":"1"}}`),
		"escape in what is read":   push(`{"icid":"1\/2"}`),
		"escape of a character":    push(`{"icid":"1","a":"\ud800"}`),
		"unknown escape":           push(`{"icid":"1","a":"\x"}`),
		"escape in a name":         push(`{"ic\u0069d":"1","appKey":"a"}`),
		"tab in text":              push("{\"icid\":\"1\t2\"}"),
		"fraction in text":         push(`{"icid":1.0}`),
		"minus zero":               push(`{"icid":-0}`),
		"code with a leading zero": push(`{"icid":"1","direction":"01"}`),
		"code below zero":          push(`{"icid":"1","direction":-1}`),
		"code too large":           push(`{"icid":"1","ulFailReason":1234567890}`),
		"code blank":               push(`{"icid":"1","direction":" "}`),
		"number with letters":      push(`{"icid":"1","callerNum":"anonymous"}`),
		"number with a blank":      push(`{"icid":"1","callerNum":"+86 13000000000"}`),
		"number with plus zero":    push(`{"icid":"1","callerNum":"+0"}`),
		"number too long":          push(`{"icid":"1","callerNum":"123456789012345678"}`),
		"no such day":              push(`{"icid":"1","callEndTime":"2026-02-29 00:00:00"}`),
		"no such hour":             push(`{"icid":"1","callEndTime":"2026-02-28 24:00:00"}`),
		"last century":             push(`{"icid":"1","callEndTime":"1999-12-31 23:59:59"}`),
		"date alone":               push(`{"icid":"1","callEndTime":"2026-10-31"}`),
		"ISO time":                 push(`{"icid":"1","callEndTime":"2026-10-31T23:59:59"}`),
		"digits that are none":     push(`{"icid":"1","callEndTime":"2026-10-31 2:3:59 59"}`),
		"a text that is too long":  push(`{"icid":"` + strings.Repeat("1", batchTextBytes+33) + `"}`),
		"more records than rows":   push(slices.Repeat([]string{`{"icid":"1"}`}, batchRows+1)...),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch()
			defer b.pin.Unpin()
			if result, _ := b.push(1, 1, 1, []byte(push(`{"icid":"before","callEndTime":"2026-10-31 23:59:59"}`))); result != taken {
				t.Fatal("a plain push was not taken")
			}
			result, _ := b.push(1, 2, 2, []byte(body))
			if result == noRoom { // then in an empty batch
				b.clear(0)
				result, _ = b.push(1, 2, 2, []byte(body))
			}
			if result != notPlain {
				t.Errorf("result %d", result)
			}
			if b.rows > 1 {
				t.Errorf("%d rows are left", b.rows)
			}
			b.push(1, 3, 3, []byte(push(`{"icid":"behind","direction":1}`)))
			if got := b.rowText(b.rows - 1); got != "icid=behind direction=1" {
				t.Errorf("the next row is %s", got)
			}
		})
	}
}

// TestFullBatch: a push that does not fit is offered again, whole.
func TestFullBatch(t *testing.T) {
	b := newBatch()
	defer b.pin.Unpin()
	body := []byte(push(slices.Repeat([]string{`{"icid":"1"}`}, 50)...))
	for b.rows+50 <= batchRows {
		if result, n := b.push(1, 1, 1, body); result != taken || n != 50 {
			t.Fatalf("result %d, %d records at row %d", result, n, b.rows)
		}
	}
	rows := b.rows
	if result, n := b.push(1, 1, 1, body); result != noRoom || n != 0 || b.rows != rows {
		t.Errorf("result %d, %d records, %d rows; want %d", result, n, b.rows, rows)
	}
}

// pushSeeds are bodies to make others of.
var pushSeeds = []string{
	push(`{"appKey":"a","icid":"1","direction":1,"bindNum":"+8617000000001","callEndTime":"2026-10-31 23:59:59","x":[{}]}`),
	push(`{"icid":"0123456789abcdef0123456789abcdef","subscriptionId":"01234567-89ab-cdef-0123-456789abcdef"}`, `{"icid":"0123456789abcdef0123456789abcdeF.1","subscriptionId":"01234567-89ab-cdef-0123-456789abcde"}`),
	push(`{"icid":"","sessionId":null,"callerNum":"0755","recordFlag":true,"a":"\/"}`, `{"icid":5,"direction":""}`),
	feeLine(3),
}

func FuzzPush(f *testing.F) {
	for _, text := range pushSeeds {
		f.Add([]byte(text))
	}
	b := newBatch()
	defer b.pin.Unpin()
	f.Fuzz(func(t *testing.T, body []byte) { tryPush(t, b, body) })
}

// identityText is what tells a record from others, as the database writes it down.
func identityText(record map[string]any) string {
	of := func(name string) string {
		if record[name] == nil {
			return ""
		}
		return fmt.Sprint(record[name])
	}
	switch {
	case of("icid") != "":
		return of("appKey") + "|icid:" + of("icid")
	case of("sessionId") != "":
		return of("appKey") + "|session:" + of("sessionId")
	}
	return of("appKey") + "|fields:" + strings.Join([]string{of("bindNum"), of("callerNum"), of("calleeNum"), of("callInTime"), of("callEndTime")}, "|")
}

func firstQuarter(text string) uint64 {
	hash := sha256.Sum256([]byte(text))
	return binary.BigEndian.Uint64(hash[:])
}

// tryPush: a push that is taken is JSON, and every value in the batch is the one
// encoding/json finds.
func tryPush(tb testing.TB, b *batch, body []byte) {
	tb.Helper()
	if len(body) < 2 || body[0] != '{' || !utf8.Valid(body) { // frames are
		return
	}
	b.clear(0)
	if result, _ := b.push(1, 1, 1, body); result != taken {
		return
	}
	var fee struct {
		List []map[string]any `json:"feeLst"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&fee); err != nil {
		tb.Fatalf("taken, but %v: %q", err, body)
	}
	if len(fee.List) != b.rows {
		tb.Fatalf("%d rows of %d records: %q", b.rows, len(fee.List), body)
	}
	for row, record := range fee.List {
		for f := range fieldCount {
			want, got := record[fieldNames[f]], any(nil)
			if v, ok := b.value(f, row); ok {
				got = v
			}
			isBlankAsAbsent := want == "" && (f >= direction && f < bindNum || f >= callInTime)
			if want == nil || isBlankAsAbsent {
				want = nil
			} else {
				want = fmt.Sprint(want)
			}
			if got != want {
				tb.Errorf("row %d, %s: %v, want %v: %q", row, fieldNames[f], got, want, body)
			}
		}
		if text := identityText(record); b.callIDs[row] != firstQuarter(text) {
			tb.Errorf("row %d: %016x is not the hash of %q: %q", row, b.callIDs[row], text, body)
		}
	}
}
