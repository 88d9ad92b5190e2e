package ingest

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// cellKind says how a workbook's stored number is to be understood. Text of
// a cell is text whatever its kind.
type cellKind int

const (
	textCell   cellKind = iota
	numberCell          // an amount, a count or a phone number
	timeCell            // a day, or a day and time
)

// column is one column of a table, with the headings people write over it.
type column struct {
	name     string
	kind     cellKind
	required bool
	names    []string // further headings, English and Chinese
}

var inBrackets = regexp.MustCompile(`\([^)]*\)`)

// headingKey is a heading without what people vary: case, blanks, underscores,
// full-width forms and a unit in brackets.
func headingKey(heading string) string {
	key := strings.ToLower(norm.NFKC.String(heading))
	key = strings.NewReplacer(" ", "", "_", "", "-", "", "\t", "", "\n", "", "\ufeff", "").Replace(key)
	if short := inBrackets.ReplaceAllString(key, ""); short != "" {
		return short
	}
	return key
}

// findColumn returns the place of a heading among the columns, -1 if none.
func findColumn(columns []column, heading string) int {
	key := headingKey(heading)
	return slices.IndexFunc(columns, func(c column) bool {
		return key == headingKey(c.name) || slices.Contains(c.names, key)
	})
}

// bind finds the column of every heading: places[i] is that of cell i, -1
// where there is no heading. It returns what is wrong with the headings.
func bind(columns []column, headings []string) (places []int, problems []string) {
	seen := map[int]string{}
	var unknown []string
	for _, h := range headings {
		place := -1
		if h != "" {
			place = findColumn(columns, h)
			if was, twice := seen[place]; place >= 0 && twice {
				problems = append(problems, fmt.Sprintf("headings %q and %q both mean %s; remove one of them", was, h, columns[place].name))
			}
			if place < 0 {
				unknown = append(unknown, strconv.Quote(shorten(h)))
			}
		}
		places = append(places, place)
		seen[place] = h
	}
	for i, c := range columns {
		if _, ok := seen[i]; !ok && c.required {
			problems = append(problems, fmt.Sprintf("no column %s; the first row must hold the headings, known are %s", c.name, known(columns)))
		}
	}
	if len(unknown) > 0 {
		problems = append(problems, fmt.Sprintf("unknown heading %s; known are %s", strings.Join(unknown, ", "), known(columns)))
	}
	return places, problems
}

// known lists the headings for a message: each column's name and its first
// Chinese one.
func known(columns []column) string {
	var all []string
	for _, c := range columns {
		text := c.name
		if i := slices.IndexFunc(c.names, func(n string) bool { return n[0] >= 0x80 }); i >= 0 {
			text += " (" + c.names[i] + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// shorten keeps a stray paragraph out of a message.
func shorten(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

// storedNumber is what a workbook stores for a number.
var storedNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$`)

// cellText is the text of a workbook's cell as a person would have typed it: a
// date cell is stored as a count of days, and an amount carries the noise of a
// binary fraction (0.056 as 5.6000000000000001E-2).
func cellText(kind cellKind, text string, date1904 bool) string {
	if kind == textCell || !storedNumber.MatchString(text) {
		return text
	}
	if kind == timeCell {
		days, err := strconv.ParseFloat(text, 64)
		if err != nil || days < 1 || days >= 2958466 { // the last day of year 9999
			return text
		}
		t, err := excelize.ExcelDateToTime(days, date1904)
		if err != nil {
			return text
		}
		return t.Round(time.Second).Format(time.DateTime)
	}
	return shortDecimal(text)
}

// excelDigits is how many digits Excel keeps of a number.
const excelDigits = 15

// shortDecimal writes a stored number plainly: 15 digits, which is all that
// Excel keeps, without exponent and without zeros at the end of a fraction. A
// plain whole number stays as it is.
func shortDecimal(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		return text
	}
	f, _, err := big.ParseFloat(text, 10, 200, big.ToNearestEven)
	if err != nil {
		return text
	}
	exact, ok := new(big.Rat).SetString(f.Text('e', excelDigits-1))
	if !ok {
		return text
	}
	digits, isExact := exact.FloatPrec()
	plain := exact.FloatString(digits)
	if whole, _, _ := strings.Cut(plain, "."); !isExact || len(whole) > excelDigits {
		return text // digits are lost already; whoever reads it must see so
	}
	return plain
}
