package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"
)

// identity is what tells a call from others while its record is being read: the texts
// of app key, icid and session, nil where absent.
type identity [sessionID + 1][]byte

// callID returns the hash of the identity of the record in the current row, of which
// these fields are set (domain 1.5): within the app its icid, else its session, else its
// numbers and times. sql/ingest/recovered_records.sql does the same for a record read as
// text, and must: copies of a call may come in either form. TestPlainAndRecoveredAgree
// holds one against the other.
func (b *batch) callID(id identity, set fieldSet) uint64 {
	text := append(append(b.scratch[:0], id[appKey]...), '|')
	switch {
	case len(id[icid]) > 0:
		text = append(append(text, "icid:"...), id[icid]...)
	case len(id[sessionID]) > 0:
		text = append(append(text, "session:"...), id[sessionID]...)
	default:
		text = append(text, "fields:"...)
		for _, f := range [...]field{bindNum, callerNum, calleeNum} {
			if set.has(f) {
				text = appendNumber(text, b.numbers[f-bindNum][b.rows])
			}
			text = append(text, '|')
		}
		for i, f := range [...]field{callInTime, callEndTime} {
			if i > 0 {
				text = append(text, '|')
			}
			if set.has(f) {
				text = time.Unix(b.times[f-callInTime][b.rows], 0).UTC().AppendFormat(text, time.DateTime)
			}
		}
	}
	b.scratch = text
	hash := sha256.Sum256(text)
	return binary.BigEndian.Uint64(hash[:])
}

// appendNumber adds the text that a number was packed from; see number.
func appendNumber(text []byte, n int64) []byte {
	switch {
	case n > 0:
		return strconv.AppendInt(append(text, '+'), n, 10)
	case n < 0:
		at := len(text)
		text = strconv.AppendInt(text, n, 10)
		return append(text[:at], text[at+len("-1"):]...)
	}
	return text
}
