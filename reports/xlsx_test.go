package reports

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// mustWorkbook writes the workbook of the small marts and opens it.
func mustWorkbook(t *testing.T, db Queryer, o Options) (f *excelize.File, path string) {
	t.Helper()
	dir := t.TempDir()
	o.Formats = []Format{XLSX}
	files, err := Write(context.Background(), db, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, files[0].Name)
	if f, err = excelize.OpenFile(path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, path
}

func rawCell(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func shownCell(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// sheetXML returns the part of the sheet as it stands in the file.
func sheetXML(t *testing.T, path string, number int) string {
	t.Helper()
	return partXML(t, path, fmt.Sprintf("xl/worksheets/sheet%d.xml", number))
}

// partXML is a part of a workbook.
func partXML(t *testing.T, path, name string) string {
	t.Helper()
	r, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	part, err := r.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer part.Close()
	b, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWorkbookCells(t *testing.T) {
	f, path := mustWorkbook(t, mustMarts(t), october())
	const sheet = "应用费用"
	for _, want := range []struct{ sheet, cell, raw, shown, format string }{
		{sheet, "A2", "2026-10", "2026-10", "@"},
		{sheet, "B2", "=app2", "=app2", "@"},
		{sheet, "C3", "1200", "1,200", "#,##0"},
		{sheet, "H3", "0.18", "0.18", "#,##0.00##"},
		{sheet, "I3", "0.06", "0.06", "#,##0.00"},
		{sheet, "N2", "9999999999999.07", "9,999,999,999,999.07", "#,##0.00"},
		{"X号码费用", "B2", "+8617000000001", "+8617000000001", "@"},
		{"每小时结算", "A2", "46296", "2026-10-01 00:00:00", "yyyy-mm-dd hh:mm:ss"},
		{"每日费用", "A2", "46296", "2026-10-01", "yyyy-mm-dd"},
		{"挂机原因", "C2", "16", "16", "@"},
		{"挂机原因", "I2", "99.1667", "99.1667%", `0.0000"%"`},
		{"Q.850原因", "C2", "16", "16", "@"},
		{"通话质量", "F2", "30.5", "30.5", "#,##0.0"},
		{"挂机原因", "F3", "-1+1|cmd", "-1+1|cmd", "@"},
	} {
		if got := rawCell(t, f, want.sheet, want.cell); got != want.raw {
			t.Errorf("%s!%s holds %q, want %q", want.sheet, want.cell, got, want.raw)
		}
		if got := shownCell(t, f, want.sheet, want.cell); got != want.shown {
			t.Errorf("%s!%s shows %q, want %q", want.sheet, want.cell, got, want.shown)
		}
		if got := formatOf(t, f, want.sheet, want.cell); got != want.format {
			t.Errorf("%s!%s has format %q, want %q", want.sheet, want.cell, got, want.format)
		}
	}
	xml := sheetXML(t, path, 2)
	for _, want := range []string{
		`t="inlineStr"><is><t>=app2</t></is>`, `<v>9999999999999.07</v>`, `<v>0.06</v>`,
		`<autoFilter ref="$A$1:$N$3"`, `state="frozen"`, `topLeftCell="A2"`, `<dimension ref="A1:N4"`,
		`orientation="landscape"`, `fitToHeight="0"`, `fitToPage="true"`,
	} {
		if !strings.Contains(xml, want) && !strings.Contains(xml, strings.ReplaceAll(want, `"true"`, `"1"`)) {
			t.Errorf("sheet lacks %s", want)
		}
	}
	assertPrintTitles(t, f, sheet)
}

func formatOf(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	id, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	if style.CustomNumFmt != nil {
		return *style.CustomNumFmt
	}
	return map[int]string{49: "@", 3: "#,##0", 4: "#,##0.00"}[style.NumFmt]
}

func assertPrintTitles(t *testing.T, f *excelize.File, sheet string) {
	t.Helper()
	for _, name := range f.GetDefinedName() {
		if name.Name == "_xlnm.Print_Titles" && name.Scope == sheet && name.RefersTo == "'"+sheet+"'!$1:$1" {
			return
		}
	}
	t.Errorf("%s does not repeat its headings in print", sheet)
}

func TestWorkbookTotals(t *testing.T) {
	f, _ := mustWorkbook(t, mustMarts(t), october())
	const sheet = "应用费用"
	if got := rawCell(t, f, sheet, "A4"); got != "合计" {
		t.Errorf("label %q", got)
	}
	for cell, want := range map[string][2]string{
		"C4": {"SUBTOTAL(109,C2:C3)", "1203"},
		"E4": {"SUBTOTAL(109,E2:E3)", "62"},
		"F4": {"SUBTOTAL(109,F2:F3)", "4"},
		"H4": {"SUBTOTAL(109,H2:H3)", "0.24"},
		"I4": {"SUBTOTAL(109,I2:I3)", "0.12"},
		"N4": {"SUBTOTAL(109,N2:N3)", "10000000000004.17"}, // 16 digits: text
	} {
		formula, err := f.GetCellFormula(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, [2]string{formula, rawCell(t, f, sheet, cell)}); diff != "" {
			t.Errorf("%s: %s", cell, diff)
		}
	}
	if got := formatOf(t, f, sheet, "I4"); got != "#,##0.00" {
		t.Errorf("format of the total %q", got)
	}
	rows, err := f.GetRows("录音")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 {
		t.Errorf("an empty report has %d rows, want the headings only", len(rows))
	}
}

func TestWorkbookSheets(t *testing.T) {
	o := october()
	o.Lang, o.Detail = EN, true
	o.Provenance = []KV{{"run_id", "=r1"}}
	f, _ := mustWorkbook(t, mustMarts(t), o)
	want := []string{
		"Summary", "Charges by app", "Charges by X number", "App and X number", "Trend by app", "Charges by mode",
		"Charges by day", "App by day", "Hourly settlement", "SMS by X number", "Adjustments", "Reconciliation", "Waterfall", "Reasons", "By day",
		"Slots that differ", "By X number bill", "Claims", "Bill files", "Bill names", "Border rules", "Console statistics", "Packages", "Package costs", "Split rules",
		"Package advice", "Prices", "X numbers", "Idle numbers", "Number history", "Complaint rate",
		"Complained numbers", "Release codes", "Q.850 causes", "SIP codes", "Call quality", "Recordings", "Alerts",
		"Coverage", "Missing records", "Files", "Rejects", "Conflicts", "Notes", "Provenance",
	}
	if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	if got := rawCell(t, f, "Provenance", "B2"); got != "=r1" {
		t.Errorf("provenance %q", got)
	}
	if got := rawCell(t, f, "Charges by app", "N1"); got != "Total (CNY)" {
		t.Errorf("heading %q", got)
	}
	props, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	if props.Created != "2026-10-01T00:00:00Z" || props.Modified != props.Created {
		t.Errorf("dates %s, %s: want those of the month", props.Created, props.Modified)
	}
}

func TestWorkbookOverflow(t *testing.T) {
	o := october()
	o.sheetRows = 10
	f, path := mustWorkbook(t, mustMarts(t), o)
	const first = "每日费用"
	var days []string
	for _, sheet := range []string{first, first + " (2)", first + " (3)", first + " (4)"} {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) > 10 || rows[0][0] != "日期" {
			t.Errorf("%s: %d rows, first heading %q", sheet, len(rows), rows[0][0])
		}
		for _, row := range rows[1:] {
			days = append(days, row[0])
		}
		assertPrintTitles(t, f, sheet)
	}
	if len(days) != 32 || days[0] != "2026-10-01" || days[30] != "2026-10-31" || days[31] != "合计" {
		t.Errorf("rows over all parts: %q", days)
	}
	last := first + " (4)"
	formula, err := f.GetCellFormula(last, "B9")
	if err != nil {
		t.Fatal(err)
	}
	want := "SUBTOTAL(109,'每日费用'!B2:B9,'每日费用 (2)'!B2:B9,'每日费用 (3)'!B2:B9,'每日费用 (4)'!B2:B8)"
	if formula != want || rawCell(t, f, last, "B9") != "496" {
		t.Errorf("total %s = %s", formula, rawCell(t, f, last, "B9"))
	}
	if calculated, err := f.CalcCellValue(last, "B9"); err != nil || calculated != "496" {
		t.Errorf("the formula gives %s, %v", calculated, err)
	}
	for number, dimension := range map[int]string{7: "A1:K9", 8: "A1:K9", 10: "A1:K9"} {
		if xml := sheetXML(t, path, number); !strings.Contains(xml, `<dimension ref="`+dimension) {
			t.Errorf("sheet %d: dimension is not %s: %s", number, dimension, xml[:600])
		}
	}
}

func TestWorkbookSummary(t *testing.T) {
	db := mustMarts(t)
	mustExec(t, db, `insert into marts.charges_by_app select '2026-10-01', 'small' || n, 1, 1, 60, 1, 0, 0.06, 0.06, 0, 0, 0, 0, 0.06 from range(12) r(n)`)
	mustExec(t, db, `update marts.charges_by_app set rent_cny = null`)
	o := october()
	o.Provisional, o.Notes = true, []string{"按目录价计费"}
	f, _ := mustWorkbook(t, db, o)
	rows, err := f.GetRows("概要")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.TrimRight(strings.Join(row, "|"), "|"))
	}
	text := strings.Join(lines, "\n")
	for _, want := range []string{
		"隐私号通话费用报告 2026-10（暂估）", "本月尚未结束",
		"2026-10：共 1,215 通电话，接通 15 通，计费 16 分钟；费用合计 10,000,000,000,004.89 元，其中通话 0.84 元、短信 0.04 元、号码月租 未计算。",
		"号码月租（元）|未计算",
		"读入文件|2", "重复数|1", "未接通的通话|1,200|没有接听时间",
		"=app2|9,999,999,999,999.07|3|1|1", "其余 4 个应用|0.24|4|4|4", "not_json|1",
		"按目录价计费", "应用费用|每个应用",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("summary lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestExactFloat(t *testing.T) {
	texts := []string{"0", "0.00", "0.06", "-0.06", "183.0000", "999999999999999", "9999999999999.99", "0.000001"}
	for range 5000 {
		digits, scale := 1+rand.Int64N(1e15-1), rand.IntN(7)
		text := fmt.Sprintf("%0*d", scale+1, digits)
		if text = text[:len(text)-scale]; scale > 0 {
			text += "." + fmt.Sprintf("%0*d", scale+1, digits)[len(text):]
		}
		if rand.IntN(2) == 0 {
			text = "-" + text
		}
		texts = append(texts, text)
	}
	stored := storedNumbers(t, texts)
	for i, text := range texts {
		want := text
		if strings.Contains(want, ".") {
			want = strings.TrimRight(strings.TrimRight(want, "0"), ".")
		}
		if stored[i] != want {
			t.Errorf("%s is stored as %s", text, stored[i])
		}
	}
	for _, text := range []string{"1234567890123456", "12345678901234.56", "99999999999999.99", "x", ""} {
		if v, ok := exactFloat(text); ok {
			t.Errorf("exactFloat(%q) = %v, want none", text, v)
		}
	}
}

// storedNumbers writes numbers to a sheet and returns the text the file has for each.
func storedNumbers(t *testing.T, texts []string) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "numbers.xlsx")
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		v, ok := exactFloat(text)
		if !ok {
			t.Fatalf("exactFloat(%q): not a number", text)
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), []any{v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	var stored []string
	for _, match := range regexp.MustCompile(`<v>(.*?)</v>`).FindAllStringSubmatch(sheetXML(t, path, 1), -1) {
		stored = append(stored, match[1])
	}
	if len(stored) != len(texts) {
		t.Fatalf("%d numbers stored of %d", len(stored), len(texts))
	}
	return stored
}

func TestTyped(t *testing.T) {
	for _, test := range []struct {
		kind kind
		text string
		ok   bool
	}{
		{kindMoment, "2026-10-31 23:59:59", true},
		{kindMoment, "infinity", false},
		{kindDate, "1899-12-31", false},
		{kindDate, "9999-12-31", true},
		{kindBool, "false", true},
		{kindText, "1", false},
	} {
		if v, ok := typed(test.kind, test.text); ok != test.ok {
			t.Errorf("typed(%d, %q) = %v, %t", test.kind, test.text, v, ok)
		}
	}
}

func TestCellText(t *testing.T) {
	long := strings.Repeat("长🙂", 20000)
	got := cellText(long)
	if !utf8.ValidString(got) || !strings.HasSuffix(got, "CSV）") || len([]rune(got)) > excelize.TotalCellChars {
		t.Errorf("cut to %d bytes, ending %q", len(got), got[len(got)-40:])
	}
	if exact := strings.Repeat("长", excelize.TotalCellChars); cellText(exact) != exact {
		t.Error("what fits was cut")
	}
}

// TestWorkbookTones: what is not well stands out, on the first sheet and in
// the tables.
func TestWorkbookTones(t *testing.T) {
	o := october()
	o.Lang = EN
	section := Section{Title: "Complaint rate"}
	section.AddToned(Bad, "Limit 0.01 %", "", "over it", "usage rules")
	section.Add("Idle numbers", "saving_cny", "1234.50", "")
	o.Sections = []Section{section}
	db := mustMarts(t)
	mustExec(t, db, `drop table marts.complaints; create table marts.complaints as
		select date '2026-10-01' as month, 3 as complaint_count, 'over_limit' as status`)
	f, _ := mustWorkbook(t, db, o)

	fill := func(sheet, cell string) string {
		id, err := f.GetCellStyle(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(style.Fill.Color, " ")
	}
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for i, row := range rows {
		if len(row) > 1 && seen[row[0]] == "" {
			seen[row[0]] = row[1] + " " + fill("Summary", fmt.Sprintf("B%d", i+1))
		}
	}
	if got, want := seen["Limit 0.01 %"], "over it F4C7C3"; got != want {
		t.Errorf("limit %q, want %q", got, want)
	}
	if got, want := seen["Idle numbers"], "1,234.50 "; got != want {
		t.Errorf("idle numbers %q, want %q", got, want)
	}
	if got := fill("Complaint rate", "C2"); got != "F4C7C3" {
		t.Errorf("fill of the status %q, want F4C7C3", got)
	}
	if got := fill("Complaint rate", "B2"); got != "" {
		t.Errorf("fill of the count %q, want none", got)
	}
}
