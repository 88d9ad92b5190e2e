package reports

import "strings"

// text returns the SQL for the value as people read it: decimals plain with their
// scale, money with the fen and what it has beyond, times 2026-10-31 23:59:59, days
// 2026-10-31, months 2026-10.
func (c column) text() string {
	switch {
	case c.kind == kindMonth:
		return "strftime(" + c.sql + ", '%Y-%m')"
	case c.kind == kindDate:
		return "strftime(" + c.sql + ", '%Y-%m-%d')"
	case c.kind == kindMoment:
		return "strftime(" + c.sql + ", '%Y-%m-%d %H:%M:%S')"
	case isFloat(c.typ):
		return "cast(" + c.number() + " as varchar)"
	case c.kind == kindMoney && c.scale() > 2:
		return "regexp_replace(cast(" + c.sql + ` as varchar), '(\.[0-9]{2}[0-9]*?)0+$', '\1')`
	}
	return "cast(" + c.sql + " as varchar)"
}

// number returns the SQL for a value to sum. A float has no scale of its own and
// could be written with an exponent; it gets four decimals.
func (c column) number() string {
	if isFloat(c.typ) {
		return "try_cast(" + c.sql + " as decimal(38, 4))"
	}
	return c.sql
}

// isFloat tells the binary floating point types.
func isFloat(typ string) bool { return typ == "DOUBLE" || typ == "FLOAT" }

// isPersonal tells the columns that hold the telephone number of a person. X
// numbers belong to the service and are not personal.
func isPersonal(name string) bool {
	return strings.HasSuffix(name, "_number") && !strings.HasSuffix(name, "x_number")
}

// maskSession returns the SQL that hides the numbers a session id can be made
// of (domain 1.3); the rest of it stays, since support asks for it.
func maskSession(sql string) string {
	return "regexp_replace(" + sql + `, '\+?(86)?1[0-9]{10}(_|$)', '****\2', 'g')`
}

// mask returns the SQL that hides the inner digits of a telephone number:
// +8613812345678 becomes +86138****5678, what is shorter keeps less.
func mask(sql string) string {
	return "(case when length(" + sql + ") >= 11 then left(" + sql + ", length(" + sql + ") - 8) || '****' || right(" + sql + ", 4)" +
		" when length(" + sql + ") > 4 then '****' || right(" + sql + ", 2)" +
		" when length(" + sql + ") > 0 then '****' end)"
}

// numberKey returns the SQL for the keyed hash of a person's number: the same for
// the same number, however its country code is written, so that calls of one person
// can be told without telling who it is. 16 hexadecimal digits.
func numberKey(sql, key string) string {
	plain := "regexp_replace(regexp_replace(" + sql + `, '^(\+|00)', ''), '^86(1[0-9]{10})$', '\1')`
	return "(case when length(" + sql + ") > 0 then left(sha256(" + quoteText(key) + " || " + plain + "), 16) end)"
}

// guard returns the SQL that puts an apostrophe before text a spreadsheet would
// run as a formula. A number with its sign, masked or not, and a session id made
// of such numbers stay as they are: digits and signs alone call nothing.
func guard(sql string) string {
	return "(case when left(" + sql + ", 1) in ('=', '@', chr(9), chr(13))" +
		" or (left(" + sql + ", 1) in ('+', '-') and not regexp_full_match(" + sql + `, '[+-][0-9]+(\*{4}[0-9]+)?(_[+0-9a-f*]+)*'))` +
		" then '''' || " + sql + " else " + sql + " end)"
}
