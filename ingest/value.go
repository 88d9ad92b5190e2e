package ingest

import (
	"bytes"
	"time"
)

// isWholeNumber tells whether a JSON number is written as a database writes
// it: no fraction, exponent, leading zero or minus zero.
func isWholeNumber(text []byte) bool {
	digits := bytes.TrimPrefix(text, []byte("-"))
	if len(digits) == 0 || len(digits) > 15 || digits[0] == '0' && len(text) > 1 {
		return false
	}
	return isDigits(digits)
}

func isDigits(text []byte) bool {
	for _, d := range text {
		if d < '0' || d > '9' {
			return false
		}
	}
	return true
}

// isSmooth tells whether text is free of control characters and backslashes.
func isSmooth(text []byte) bool {
	if bytes.IndexByte(text, '\\') >= 0 {
		return false
	}
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(text) >= 32; text = text[32:] { // four words at once: half the time
		a, b, c, d := loadWord(text), loadWord(text[8:]), loadWord(text[16:]), loadWord(text[24:])
		if ((a-' '*ones)&^a|(b-' '*ones)&^b|(c-' '*ones)&^c|(d-' '*ones)&^d)&highs != 0 {
			return false
		}
	}
	for ; len(text) >= 8; text = text[8:] {
		if x := loadWord(text); (x-' '*ones)&^x&highs != 0 {
			return false
		}
	}
	for _, b := range text {
		if b < ' ' {
			return false
		}
	}
	return true
}

// code reads a whole number of at most nine digits.
func code(text []byte) (n int32, ok bool) {
	if len(text) == 0 || len(text) > 9 || text[0] == '0' && len(text) > 1 {
		return 0, false
	}
	for _, d := range text {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int32(d-'0')
	}
	return n, true
}

// number packs a phone number as the macro number_of does, so that number_text
// gives the same text again: "+86…" as its digits; digits alone as minus the
// number with a 1 before it, which keeps leading zeros; no text as 0.
func number(text []byte) (n int64, ok bool) {
	if len(text) == 0 {
		return 0, true
	}
	digits, hasPlus := bytes.CutPrefix(text, []byte("+"))
	most := 17
	if hasPlus {
		most = 18
	} else {
		n = 1
	}
	if len(digits) == 0 || len(digits) > most || hasPlus && digits[0] == '0' {
		return 0, false
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	if !hasPlus {
		n = -n
	}
	return n, true
}

// clock reads times; it remembers the last day.
type clock struct {
	day        [10]byte
	daySeconds int64
	hasLastDay bool
}

// seconds reads "2026-10-31 23:59:59", a time of this century, as seconds
// since 1970.
func (c *clock) seconds(text []byte) (n int64, ok bool) {
	if len(text) != len(time.DateTime) || text[10] != ' ' || text[13] != ':' || text[16] != ':' {
		return 0, false
	}
	if !c.hasLastDay || string(text[:10]) != string(c.day[:]) {
		day, err := time.Parse(time.DateOnly, string(text[:10]))
		if err != nil || day.Year() < 2000 || day.Year() > 2099 {
			return 0, false
		}
		c.hasLastDay, c.daySeconds = true, day.Unix()
		copy(c.day[:], text)
	}
	h, m, s := twoDigits(text[11:]), twoDigits(text[14:]), twoDigits(text[17:])
	if h > 23 || m > 59 || s > 59 {
		return 0, false
	}
	return c.daySeconds + int64(h*3600+m*60+s), true
}

// twoDigits reads a number of two digits, or gives a large one.
func twoDigits(text []byte) uint {
	tens, ones := uint(text[0]-'0'), uint(text[1]-'0')
	if tens > 9 || ones > 9 {
		return 100
	}
	return tens*10 + ones
}
