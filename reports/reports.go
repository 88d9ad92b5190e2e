// Package reports writes what schema marts of a DuckDB database holds as CSV,
// Parquet and one Excel workbook.
//
// Start with Write, which fills the folder of a month, or with Export, which
// sends a single report to a writer. All lists what there is.
//
// The package has no column lists: it asks the database which columns a relation
// has and treats each by its name and type. A relation with a column month, date,
// hour_at, or month_from and month_to is cut to the month asked for; the last two
// are not written. Of a pair reason_zh and reason_en the one in the language asked
// for is written as reason. Columns ending in _number, other than X numbers, hold
// the numbers of people and are masked, and so are the numbers inside a session_id,
// unless asked for in full or the report is made to be asked the vendor with. Times are wall clock Asia/Shanghai as the
// database holds them; nothing is converted here.
package reports

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// ErrUnknownReport is returned for a name that All does not list.
var ErrUnknownReport = errors.New("no such report")

// ErrNoSheet is returned when reports are asked for by name, or a detail report is
// exported, as a workbook only.
var ErrNoSheet = errors.New("a report by itself is no workbook; ask for csv or parquet")

// Queryer is what reports needs of a database; *sql.DB, *sql.Conn and *sql.Tx
// have it. Give a transaction to have all reports show the same moment.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Report is one relation of schema marts that people read.
type Report struct {
	Name    string // relation in marts, and file name without ending
	TitleZH string // sheet name, at most 31 characters
	TitleEN string
	NoteZH  string // one line on what it shows
	NoteEN  string
	OrderBy string // columns, each with an optional desc; empty: all columns. Always a total order, so that bytes are stable
	Detail  bool   // only on request, and never a sheet
	Totals  bool   // the sheet ends with a row of totals

	// Across makes the report of another one's months, beside each other.
	Across *Across

	// FullSessions leaves session ids whole, which can hold numbers of people:
	// the vendor finds a call by nothing else.
	FullSessions bool
}

// Across tells which report's months stand beside each other: a row per value of
// column Row, a column per month with the sum of column Sum.
type Across struct{ Of, Row, Sum string }

// All returns the catalogue in its fixed order, which is also that of the sheets.
func All() []Report {
	return slices.Concat(charges(), reconciliation(), settlement(), numbers(), breakdowns(), evidence())
}

// Find returns the report of that name.
func Find(name string) (Report, bool) {
	for _, r := range All() {
		if r.Name == name {
			return r, true
		}
	}
	return Report{}, false
}

// Title returns the sheet name in lang.
func (r Report) Title(lang Lang) string {
	title := []rune(lang.Pick(r.TitleZH, r.TitleEN))
	if len(title) > titleRunes {
		title = title[:titleRunes]
	}
	return strings.TrimSpace(string(title))
}

// titleRunes leaves room for a number behind a sheet's name of at most 31.
const titleRunes = 26

// Note returns the one line on what the report shows in lang.
func (r Report) Note(lang Lang) string { return lang.Pick(r.NoteZH, r.NoteEN) }
