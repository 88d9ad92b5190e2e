package reports

import (
	"strconv"
	"strings"
)

// kind is what a column holds, as far as its looks in a sheet go.
type kind int

const (
	kindText kind = iota // and everything not known to be something else
	kindNumber
	kindMoney
	kindPercent
	kindMoment
	kindDate
	kindMonth
	kindBool
)

// kindOf tells from the ending of a name, which carries the unit, and from the
// type what a column holds. Identifiers and codes are text even if all digits.
func kindOf(name, typ string) kind {
	switch {
	case strings.HasPrefix(typ, "TIMESTAMP") && isMonth(name), typ == "DATE" && isMonth(name):
		return kindMonth
	case typ == "DATE":
		return kindDate
	case strings.HasPrefix(typ, "TIMESTAMP"):
		return kindMoment
	case typ == "BOOLEAN":
		return kindBool
	case !isNumeric(typ) || isIdentifier(name):
		return kindText
	case strings.HasSuffix(name, "_cny"):
		return kindMoney
	case strings.HasSuffix(name, "_pct"):
		return kindPercent
	}
	return kindNumber
}

func isMonth(name string) bool { return name == "month" || strings.HasSuffix(name, "_month") }

// isIdentifier tells names whose digits are not to be counted with.
func isIdentifier(name string) bool {
	for _, ending := range []string{"_id", "_key", "_number", "_code"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return name == "code"
}

func isNumeric(typ string) bool {
	base, _, _ := strings.Cut(typ, "(")
	switch base {
	case "DECIMAL", "DOUBLE", "FLOAT",
		"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
		"UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT":
		return true
	}
	return false
}

// isAdditive tells the columns whose sum over all rows means something.
func (c column) isAdditive() bool {
	if c.kind != kindMoney && c.kind != kindNumber {
		return false
	}
	return strings.HasSuffix(c.name, "_cny") || strings.HasSuffix(c.name, "_count") ||
		strings.HasSuffix(c.name, "_min") || c.name == "duration_s"
}

// scale returns how many decimals the column's numbers have.
func (c column) scale() int {
	if isFloat(c.typ) {
		return 2
	}
	_, scale, ok := strings.Cut(strings.TrimSuffix(c.typ, ")"), ",")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(scale))
	if err != nil {
		return 0
	}
	return n
}

// format returns the Excel number format of the column. Money shows the fen, and
// what it has beyond.
func (c column) format() string {
	switch c.kind {
	case kindMoney:
		return "#,##0.00" + strings.Repeat("#", max(0, c.scale()-2))
	case kindNumber:
		return "#,##0" + decimals(c.scale())
	case kindPercent:
		return "0" + decimals(max(2, c.scale())) + `"%"`
	case kindMoment:
		return "yyyy-mm-dd hh:mm:ss"
	case kindDate:
		return "yyyy-mm-dd"
	case kindBool:
		return "General"
	}
	return "@"
}

func decimals(n int) string {
	if n == 0 {
		return ""
	}
	return "." + strings.Repeat("0", n)
}

// minWidth returns the width in characters that values of the kind need.
func (k kind) minWidth() int {
	switch k {
	case kindMoment:
		return 21
	case kindDate:
		return 13
	case kindMoney:
		return 14
	case kindText:
		return 6
	}
	return 10
}

// maxWidth is where a wide text column stops; its cells still hold all of it.
const maxWidth = 60

// heading returns what the column is called in a sheet; a column nobody named
// keeps its own name.
func heading(name string, lang Lang) string {
	if h, ok := headings[name]; ok {
		return lang.Pick(h[0], h[1])
	}
	return name
}
