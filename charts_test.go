package xtally_test

import (
	"encoding/csv"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// What is drawn is what is charged: the parts of the charts add up to the sheets.
func TestChartsAddUp(t *testing.T) {
	unraced(t)
	t.Parallel()
	tally := mustOpen(t, "")
	mustLoadTables(t, tally, caseTables("testdata/bill_duplicate_refund_adjustment"))
	mustLoadBill(t, tally, "testdata/bill_duplicate_refund_adjustment/bill")
	mustLoad(t, tally, "testdata/bill_duplicate_refund_adjustment/in")
	mustBuild(t, tally)
	dir := t.TempDir()
	if _, err := tally.Report(t.Context(), dir, october, englishWorkbook()); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(filepath.Join(dir, "2026-10", "xtally-2026-10.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Chart data")
	if err != nil {
		t.Fatal(err)
	}
	block := map[string][][]string{}
	title := ""
	for i, row := range rows {
		switch {
		case len(row) == 0:
		case i == 0 || len(rows[i-1]) == 0:
			title = row[0]
		default:
			block[title] = append(block[title], row)
		}
	}
	if n := len(block["Charge by day (CNY, without rent)"]); n != 32 {
		t.Errorf("%d rows of days, want a heading and 31", n)
	}
	for _, want := range []string{"Billed minutes by day", "Apps that cost most", "X numbers that cost most", "Answer rate by weekday and hour (%)", "From our total to the bill (CNY)"} {
		if len(block[want]) < 2 {
			t.Errorf("no data of %q in %s", want, strings.Join(slices.Sorted(maps.Keys(block)), ", "))
		}
	}
	days := sumCells(t, block["Billed minutes by day"][1:])
	charged := export(t, tally, "charges_by_app", october)
	if want := sumColumn(t, charged, "billed_min"); days != want {
		t.Errorf("the days have %v minutes, the apps %v", days, want)
	}
	bridge := block["From our total to the bill (CNY)"]
	reconciled := export(t, tally, "reconciliation", october)
	if got, want := sumCells(t, bridge[len(bridge)-1:]), sumColumn(t, reconciled, "bill_cny"); got != want {
		t.Errorf("the last step is %v, the bill %v", got, want)
	}
	if got, want := sumCells(t, bridge[1:2]), sumColumn(t, reconciled, "ours_cny"); got != want {
		t.Errorf("the first step is %v, ours %v", got, want)
	}
}

func englishWorkbook() xtally.ReportOptions {
	return xtally.ReportOptions{Formats: []reports.Format{reports.XLSX}, Lang: reports.EN}
}

// sumCells sums all but the first cell of rows, in hundredths.
func sumCells(t *testing.T, rows [][]string) (hundredths int64) {
	t.Helper()
	for _, row := range rows {
		for _, cell := range row[1:] {
			hundredths += inHundredths(t, cell)
		}
	}
	return hundredths
}

// sumColumn sums a column of a CSV, in hundredths.
func sumColumn(t *testing.T, text, name string) (hundredths int64) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], name)
	for _, row := range rows[1:] {
		hundredths += inHundredths(t, row[at])
	}
	return hundredths
}

func inHundredths(t *testing.T, text string) int64 {
	t.Helper()
	if text == "" {
		return 0
	}
	whole, fraction, _ := strings.Cut(strings.ReplaceAll(text, ",", ""), ".")
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
