package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Lang is the language of headings, sheet names and texts.
type Lang string

// The languages there are. The zero value means ZH.
const (
	ZH   Lang = "zh"
	EN   Lang = "en"
	Both Lang = "both" // Chinese, then English
)

// Pickf returns the formatted text in the language; both are given the same values.
func (l Lang) Pickf(zh, en string, args ...any) string {
	return l.Pick(fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...))
}

// Pick returns the text in the language.
func (l Lang) Pick(zh, en string) string {
	switch {
	case l == EN:
		return en
	case l == Both && zh != en && zh != "" && en != "":
		return strings.TrimSpace(zh) + " " + strings.TrimLeft(en, " ")
	}
	return zh
}

// Format is a kind of file, and its ending.
type Format string

// The formats there are.
const (
	CSV     Format = "csv"
	XLSX    Format = "xlsx"
	Parquet Format = "parquet"
	HTML    Format = "html"
)

// KV is one line of the provenance sheet: what a number was made from.
type KV struct{ Key, Value string }

// Options says what to write. Only Month is required.
type Options struct {
	Month       time.Time // any moment of the bill month; its year and month as they read, Asia/Shanghai
	Until       time.Time // first day after a longer or shorter period, which then begins on the day of Month; zero: the month alone
	Lang        Lang      // default ZH
	Formats     []Format  // default CSV and XLSX
	Names       []string  // CSV and Parquet of these and no workbook; default all but detail, and the workbook
	Detail      bool      // with Names empty: detail too, as CSV and Parquet
	Unmask      bool      // write the numbers of people in full
	NumberKey   string    // hex; secret of the keyed hashes beside masked ones; empty: none are written
	Provisional bool      // the month is not over: say so
	Answers     []Section // parts the summary begins with, in Lang
	Sections    []Section // parts of the summary, in Lang
	Notes       []string  // lines for the summary, in Lang
	Charts      []Chart   // drawn in the workbook; those with nothing to show are left out
	Provenance  []KV      // last sheet of the workbook
	Beside      Queryer   // another connection to the same database, on which the workbook is written beside the tables; nil: one after the other

	sheetRows int // rows a sheet holds, headings and totals included; 0: what Excel holds
}

// excelRows is how many rows a sheet of Excel has.
const excelRows = 1 << 20

// normalize fills the defaults and refuses what cannot be meant.
func (o Options) normalize() (Options, error) {
	if o.Month.IsZero() {
		return o, fmt.Errorf("reports: no month given")
	}
	if !o.first().Before(o.until()) {
		return o, fmt.Errorf("reports: the period ends before it begins")
	}
	if o.Lang == "" {
		o.Lang = ZH
	}
	if o.Lang != ZH && o.Lang != EN && o.Lang != Both {
		return o, fmt.Errorf("reports: language %q: want zh, en or both", o.Lang)
	}
	if len(o.Formats) == 0 {
		o.Formats = []Format{CSV, XLSX}
	}
	for _, f := range o.Formats {
		if !slices.Contains([]Format{CSV, XLSX, Parquet, HTML}, f) {
			return o, fmt.Errorf("reports: format %q: want csv, xlsx, parquet or html", f)
		}
	}
	if o.sheetRows == 0 {
		o.sheetRows = excelRows
	}
	return o, nil
}

// has tells whether files of that format are wanted.
func (o Options) has(f Format) bool { return slices.Contains(o.Formats, f) }
