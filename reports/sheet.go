package reports

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// errChanged tells that two queries of one report did not agree.
var errChanged = errors.New("rows changed while they were read: use a transaction")

// measures is what must be known of a report before its first row is written.
type measures struct {
	rows   int64
	widths []int            // per column, in characters; a Chinese one counts two
	totals []sql.NullString // per column; null where a sum means nothing
}

// measure counts rows, sums the additive columns and finds the widest texts.
func measure(ctx context.Context, db Queryer, r relation, lang Lang) (measures, error) {
	list := []string{"count(*)"}
	for _, c := range r.columns {
		width, total := "null", "null"
		if c.kind == kindText {
			width = "max((strlen(" + c.text() + ") + length(" + c.text() + ")) // 2)"
		}
		if r.Totals && c.isAdditive() {
			total = "cast(sum(" + c.number() + ") as varchar)"
		}
		list = append(list, width, total)
	}
	rows, err := db.QueryContext(ctx, "select "+strings.Join(list, ", ")+r.from())
	if err != nil {
		return measures{}, err
	}
	var m measures
	err = eachRow(rows, func(row []sql.NullString) error {
		m.rows, err = strconv.ParseInt(row[0].String, 10, 64)
		for i, c := range r.columns {
			m.widths = append(m.widths, width(c, lang, row[1+2*i].String, row[2+2*i].String))
			m.totals = append(m.totals, row[2+2*i])
		}
		return err
	})
	return m, err
}

// width returns the width of a column from its heading, the kind of its values,
// the widest text and the text of its total.
func width(c column, lang Lang, widest, total string) int {
	name := heading(c.name, lang)
	wide := (len(name)+len([]rune(name)))/2 + 5 // and the filter button
	text, err := strconv.Atoi(widest)
	if err != nil {
		text = 0
	}
	return min(maxWidth, max(wide, c.kind.minWidth(), text+3, len(total)+len(total)/3+2))
}

// table is a report on its way into as many sheets as it needs.
type table struct {
	*book
	relation
	measures
	sheet *sheet
	parts []part
	cells []any
}

// part is the data of one sheet: rows 2 to last.
type part struct {
	sheet string
	last  int
}

// addReport writes a report, one row at a time, and returns how many there were.
// Rows a sheet has no room for go on to the next.
func (b *book) addReport(ctx context.Context, db Queryer, r Report) (int64, error) {
	rel, err := describe(ctx, db, r, b.o)
	if err != nil {
		return 0, err
	}
	m, err := measure(ctx, db, rel, b.o.Lang)
	if err != nil {
		return 0, err
	}
	rows, err := db.QueryContext(ctx, rel.query(func(_ int, c column) string { return c.text() }))
	if err != nil {
		return 0, err
	}
	t := &table{book: b, relation: rel, measures: m, cells: make([]any, len(rel.columns))}
	var n int64
	err = eachRow(rows, func(row []sql.NullString) error {
		n++
		return t.addRow(row)
	})
	if err != nil {
		return 0, err
	}
	if n != m.rows {
		return 0, errChanged
	}
	return n, t.finish()
}

// capacity is how many rows of data go on one sheet, beside headings and totals.
func (t *table) capacity() int {
	if t.Totals {
		return t.o.sheetRows - 2
	}
	return t.o.sheetRows - 1
}

// addRow writes one row of data.
func (t *table) addRow(row []sql.NullString) error {
	if t.sheet == nil || t.sheet.row > t.capacity() {
		if err := t.nextSheet(); err != nil {
			return err
		}
	}
	for i, c := range t.columns {
		t.cells[i] = nil
		if !row[i].Valid || row[i].String == "" {
			continue
		}
		cell, err := t.tonedCell(c, row[i], roleBody, toneOf(c.name, row[i].String))
		if err != nil {
			return err
		}
		t.cells[i] = cell
	}
	return t.sheet.add(t.cells)
}

// nextSheet ends the sheet at hand and begins another with the same headings.
func (t *table) nextSheet() error {
	if err := t.endData(); err != nil {
		return err
	}
	if t.sheet != nil {
		if err := t.sheet.w.Flush(); err != nil {
			return err
		}
	}
	name := t.Title(t.o.Lang)
	if n := len(t.parts); n > 0 {
		name = fmt.Sprintf("%s (%d)", name, n+1)
	}
	var err error
	if t.sheet, err = t.addSheet(name, t.height(), t.widths); err != nil {
		return err
	}
	if err := t.annotate(); err != nil {
		return err
	}
	return t.sheet.addHeadings(t.columns)
}

// height is how many rows the sheet about to begin will have.
func (t *table) height() int {
	left := t.rows - int64(len(t.parts)*t.capacity())
	if left > int64(t.capacity()) {
		return 1 + t.capacity()
	}
	if t.hasTotals() {
		return 2 + int(left)
	}
	return 1 + int(left)
}

// endData notes the data of the sheet at hand and puts the filter on it.
func (t *table) endData() error {
	if t.sheet == nil {
		return nil
	}
	t.parts = append(t.parts, part{t.sheet.name, t.sheet.row})
	if err := t.addBars(); err != nil {
		return err
	}
	return t.sheet.filter(len(t.columns), t.sheet.row)
}

// barred are the columns whose values have a bar behind them, so that the large ones
// are seen before they are read; of a report's the first has it.
var barred = []string{"total_cny", "cost_cny", "charge_cny", "rent_cny", "call_count"}

// addBars puts bars on the data of the sheet at hand.
func (t *table) addBars() error {
	for _, name := range barred {
		for i, c := range t.columns {
			if c.name != name || !t.Totals || t.sheet.row < 3 {
				continue
			}
			letter, err := excelize.ColumnNumberToName(i + 1)
			if err != nil {
				return err
			}
			return t.file.SetConditionalFormat(t.sheet.name, fmt.Sprintf("%s2:%s%d", letter, letter, t.sheet.row), []excelize.ConditionalFormatOptions{{
				Type: "data_bar", Criteria: "=", MinType: "num", MinValue: "0", MaxType: "max", BarColor: "#A9C6E8", BarSolid: true,
			}})
		}
	}
	return nil
}

// finish writes the totals and ends the last sheet; a report without rows has a
// sheet with headings only.
func (t *table) finish() error {
	if t.sheet == nil {
		if err := t.nextSheet(); err != nil {
			return err
		}
	}
	if err := t.endData(); err != nil {
		return err
	}
	if t.hasTotals() {
		if err := t.addTotals(); err != nil {
			return err
		}
	}
	return t.sheet.w.Flush()
}

func (t *table) hasTotals() bool { return t.Totals && t.rows > 0 }

// addTotals writes the row of totals: live formulas that follow the filters, each
// with the sum over all rows as its stored value.
func (t *table) addTotals() error {
	cells := make([]any, len(t.columns))
	for i, c := range t.columns {
		cell, err := t.cell(c, t.totals[i], roleTotal)
		if err != nil {
			return err
		}
		if t.totals[i].Valid {
			if cell.Formula, err = t.totalFormula(i + 1); err != nil {
				return err
			}
		} else if i == 0 {
			cell.Value = t.o.Lang.Pick("合计", "Total")
		}
		cells[i] = cell
	}
	return t.sheet.add(cells)
}

// totalFormula sums a column over the data of all parts.
func (t *table) totalFormula(col int) (string, error) {
	letter, err := excelize.ColumnNumberToName(col)
	if err != nil {
		return "", err
	}
	var ranges []string
	for _, p := range t.parts {
		area := fmt.Sprintf("%s2:%s%d", letter, letter, p.last)
		if len(t.parts) > 1 {
			area = "'" + p.sheet + "'!" + area
		}
		ranges = append(ranges, area)
	}
	return "SUBTOTAL(109," + strings.Join(ranges, ",") + ")", nil
}
