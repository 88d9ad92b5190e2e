package reports

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// someCharts is one of each kind, and one with nothing to show.
func someCharts() []Chart {
	days := []string{"01", "02", "03"}
	return []Chart{
		{"stacked", "Stacked", ChartStacked, "cny", days, []Series{{"SYNTHETICAPPKEY0000000000005", []string{"1.00", "2.50", "0.00"}}, {"(others)", []string{"0.10", "0.20", "0.30"}}}},
		{"pareto", "Pareto", ChartPareto, "cny", []string{"app-a", "app-b"}, []Series{{"total_cny", []string{"3.50", "0.60"}}, {"cumulative_pct", []string{"85.37", "100.00"}}}},
		{"bars", "Bars", ChartBars, "count", []string{"our side", "network"}, []Series{{"binding", []string{"5", ""}}, {"carrier", []string{"", "7"}}}},
		{"lines", "Lines", ChartLines, "min", days, []Series{{"left_min", []string{"10", "8", ""}}, {"forecast_min", []string{"", "", "6"}}}},
		{"heat", "Heat", ChartHeat, "pct", []string{"00", "01"}, []Series{{"1", []string{"50.00", ""}}, {"7", []string{"100.00", "0.00"}}}},
		{"waterfall", "Waterfall", ChartWaterfall, "cny", []string{"Ours", "Refunds", "Border", "Bill"}, []Series{{"amount_cny", []string{"900.00", "-1.20", "0.30", "899.10"}}, {"end_cny", []string{"900.00", "898.80", "899.10", "899.10"}}}},
		{"nothing", "Nothing", ChartLines, "min", days, []Series{{"left_min", []string{"", "0", "0.00"}}}},
	}
}

func TestCharts(t *testing.T) {
	o := october()
	o.Lang, o.Charts = EN, someCharts()
	f, path := mustWorkbook(t, mustMarts(t), o)
	if got := f.GetSheetList()[1]; got != "Charts" {
		t.Errorf("the second sheet is %s", got)
	}
	rows, err := f.GetRows("Chart data")
	if err != nil {
		t.Fatal(err)
	}
	text := make([]string, len(rows))
	for i, row := range rows {
		text[i] = strings.Join(row, "|")
	}
	want := []string{
		"Stacked", "|SYNT…000000005|other apps", "01|1.00|0.10", "02|2.50|0.20", "03|0.00|0.30", "",
		"Pareto", "|Total (CNY)|Cumulative", "app-a|3.50|85.37%", "app-b|0.60|100.00%", "",
		"Bars", "|binding|carrier", "our side|5", "network||7", "",
		"Lines", "|Minutes left|Forecast", "01|10", "02|8", "03||6", "",
		"Heat", "|Mon|Sun", "00|50.00%|100.00%", "01||0.00%", "",
		"Waterfall", "|(foot)|Total|Bill has more|Bill has less", "Ours||900.00", "Refunds|898.80|||1.20", "Border|898.80||0.30", "Bill||899.10",
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
	// Each chart draws the cells of its own block and of no other.
	var refs []string
	for n := 1; n <= 5; n++ {
		refs = append(refs, strings.Join(chartRefs(t, path, n), " "))
	}
	wantRefs := []string{
		"B2 A3:A5 B3:B5 C2 A3:A5 C3:C5", "B8 A9:A10 B9:B10 C8 A9:A10 C9:C10", "B13 A14:A15 B14:B15 C13 A14:A15 C14:C15",
		"B18 A19:A21 B19:B21 C18 A19:A21 C19:C21",
		"B29 A30:A33 B30:B33 C29 A30:A33 C30:C33 D29 A30:A33 D30:D33 E29 A30:A33 E30:E33",
	}
	if diff := cmp.Diff(wantRefs, refs); diff != "" {
		t.Error(diff)
	}
	if got := rawCell(t, f, "Charts", "B65"); got != "50" {
		t.Errorf("the heat map begins with %q", got)
	}
	formats, err := f.GetConditionalFormats("Charts")
	if err != nil || len(formats) != 1 {
		t.Errorf("%d fields are coloured, %v", len(formats), err)
	}
}

var chartRef = regexp.MustCompile(`<(?:c:)?f>(?:'|&#39;)Chart data(?:'|&#39;)!([^<]*)</`)

// chartRefs are the cells that chart n of a workbook refers to, in its order.
func chartRefs(t *testing.T, path string, n int) []string {
	t.Helper()
	var refs []string
	for _, m := range chartRef.FindAllStringSubmatch(partXML(t, path, fmt.Sprintf("xl/charts/chart%d.xml", n)), -1) {
		refs = append(refs, strings.ReplaceAll(m[1], "$", ""))
	}
	return refs
}

func TestNoCharts(t *testing.T) {
	o := october()
	o.Lang, o.Charts = EN, someCharts()[6:]
	f, _ := mustWorkbook(t, mustMarts(t), o)
	for _, sheet := range f.GetSheetList() {
		if strings.HasPrefix(sheet, "Chart") {
			t.Errorf("there is a sheet %s with nothing on it", sheet)
		}
	}
}

func TestLabels(t *testing.T) {
	for _, test := range []struct{ in, want []string }{
		{[]string{"app-a", "SYNTHETICAPPKEY0000000000005"}, []string{"app-a", "SYNT…000000005"}},
		{[]string{"AAAAxxxxxxxxx000000005", "AAAAyyyyyyyyy000000005"}, []string{"AAAAxxxxxxxxx000000005", "AAAAyyyyyyyyy000000005"}},
		{[]string{"carrier or another network"}, []string{"carrier or another network"}},
	} {
		if diff := cmp.Diff(test.want, labels(test.in)); diff != "" {
			t.Error(diff)
		}
	}
}

// Both languages stand together, once where they agree.
func TestBothLanguages(t *testing.T) {
	o := october()
	o.Lang = Both
	o.Sections = []Section{{Title: "t", Lines: []Line{{Label: "数据", Name: "total_cny", Value: "1.00", Report: "charges_by_app"}}}}
	f, _ := mustWorkbook(t, mustMarts(t), o)
	if got := rawCell(t, f, "应用费用 Charges by app", "A1"); got != "账期 Month" {
		t.Errorf("heading %q", got)
	}
	if got := rawCell(t, f, "挂机原因 Release codes", "D2"); got != "正常 normal" {
		t.Errorf("a word of a pair is %q", got)
	}
	comments, err := f.GetComments("应用费用 Charges by app")
	if err != nil || len(comments) != 1 || !strings.Contains(comments[0].Paragraph[0].Text, "每个应用、账期一行 a row per app and month") {
		t.Errorf("comments %v, %v", comments, err)
	}
}

// A figure of the first sheet leads to the sheet it comes from.
func TestLinks(t *testing.T) {
	o := october()
	o.Lang = EN
	o.Answers = []Section{{Title: "In short", Lines: []Line{{Label: "Total", Name: "total_cny", Value: "1.00", Report: "charges_by_app"}, {Label: "Elsewhere", Value: "x"}}}}
	f, _ := mustWorkbook(t, mustMarts(t), o)
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if len(row) == 0 || row[0] != "Total" && row[0] != "Elsewhere" {
			continue
		}
		ok, target, err := f.GetCellHyperLink("Summary", fmt.Sprintf("A%d", i+1))
		if err != nil || ok != (row[0] == "Total") || ok && target != "'Charges by app'!A1" {
			t.Errorf("%s leads to %q, %v", row[0], target, err)
		}
		if row[0] == "Elsewhere" {
			return
		}
	}
	t.Error("the lines are not there")
}

// What a spreadsheet would take for a formula, a number or a date comes through as the
// text it is.
func TestAwkwardKeysStayText(t *testing.T) {
	keys := []string{
		"=1+1", "+1", "-1", "@sum(a1)", "\tx", "123456789012345", "000123", "1e5", "2026-10-01", "TRUE", "🙂 app 应用", strings.Repeat("long-name-", 20),
	}
	db := mustMarts(t)
	mustExec(t, db, "delete from marts.charges_by_app")
	for i, key := range keys {
		mustExec(t, db, fmt.Sprintf("insert into marts.charges_by_app (month, app_key, call_count, total_cny) values ('2026-10-01', %s, 1, %d)", quoteText(key), 100-i))
	}
	f, _ := mustWorkbook(t, db, october())
	for i, key := range keys {
		cell := fmt.Sprintf("B%d", i+2)
		if got := rawCell(t, f, "应用费用", cell); got != key {
			t.Errorf("%s: %q came through as %q", cell, key, got)
		}
		kind, err := f.GetCellType("应用费用", cell)
		if err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%s: %q is of type %v, %v", cell, key, kind, err)
		}
		if formula, err := f.GetCellFormula("应用费用", cell); err != nil || formula != "" {
			t.Errorf("%s: %q is a formula %q, %v", cell, key, formula, err)
		}
	}
}
