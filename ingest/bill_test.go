package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// usageRow is one row under shortHeadings; amounts as text.
const shortHeadings = "账期,账号,产品类型编码,产品类型,产品,计费模式,消费时间,订单号/交易号,交易时间,账单类型,使用量类型编码,使用量,使用量单位,套餐内使用量,官网价(¥),应付金额(¥)\n"

func usageRow(product string, hour int, trade, quantity, unit, amount string) string {
	return fmt.Sprintf("2026-10,acme,hws.service.type.privatenumber,隐私保护通话,%s,按需,2026-10-05 %02d:00:00 GMT+08:00-2026-10-05 %02d:00:00 GMT+08:00,%s,2026-10-05 %02d:40:00 GMT+08:00,消费-使用,--,%s,%s,0,%s,%s\n",
		product, hour, hour+1, trade, hour+1, quantity, unit, amount, amount)
}

const serverRow = "2026-10,acme,hws.service.type.ec2,弹性云服务器,弹性云服务器,按需,--,t-9,--,消费-使用,--,1,小时,0,0.5,0.5\n"

// writeFiles writes files below a new folder.
func writeFiles(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func billOptions(tb testing.TB) Options {
	return Options{SQL: testModels, TempDir: tb.TempDir(), Now: func() time.Time {
		return time.Date(2026, time.November, 3, 4, 0, 0, 0, time.UTC)
	}}
}

// gb18030 encodes a text as Chinese Excel saves it.
func gb18030(tb testing.TB, text string) string {
	tb.Helper()
	s, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// TestBillForms: one bill of two PrivateNumber rows and one other, in every
// form it comes in, gives the same rows with the lines they stand in.
func TestBillForms(t *testing.T) {
	rows := usageRow("通话时长", 10, "t-1", "3", "分钟", "0.18") + serverRow + usageRow("短信(虚拟运营商号码)", 11, "t-2", "1", "条", "0.28")
	text := shortHeadings + rows
	const name = "acme_PriceFactorBillDetail_20261001-20261031_1.csv"
	var cells [][]any
	for line := range strings.Lines(text) {
		var row []any
		for _, c := range strings.Split(strings.TrimSpace(line), ",") {
			row = append(row, c)
		}
		cells = append(cells, row)
	}
	asNumber := func(row []any, i int, v float64) { row[i] = v }
	asNumber(cells[1], 15, 0.18)
	asNumber(cells[1], 11, 3)
	xlsx := string(workbook(t, map[string][][]any{"封面": {{"费用账单"}}, "明细": append([][]any{{"导出时间", "2026-11-03"}, {}}, cells...)}, "封面", "明细"))
	english := strings.NewReplacer("账期", "Billing Cycle", "账号", "Account Name", "产品类型编码", "Product Type Code", "产品类型", "Product Type",
		"产品", "Product Name", "计费模式", "Billing Mode", "消费时间", "Expenditure Time", "订单号/交易号", "Order No./Transaction ID", "交易时间", "Transaction Time",
		"账单类型", "Bill Type", "使用量类型编码", "Usage Type Code", "使用量单位", "Usage Unit", "套餐内使用量", "Package Usage", "使用量", "Usage",
		"官网价(¥)", "List Price (¥)", "应付金额(¥)", "Amount Due (¥)").Replace(shortHeadings) + rows
	reversed := ""
	for line := range strings.Lines(text) {
		c := strings.Split(strings.TrimSpace(line), ",")
		for i, j := 0, len(c)-1; i < j; i, j = i+1, j-1 {
			c[i], c[j] = c[j], c[i]
		}
		reversed += strings.Join(c, ",") + "\n"
	}
	two := []string{"2 | 2026-10-01 | 3.00 | 0.18", "4 | 2026-10-01 | 1.00 | 0.28"}
	four := []string{"4 | 2026-10-01 | 3.00 | 0.18", "6 | 2026-10-01 | 1.00 | 0.28"}
	tests := map[string]struct {
		file, content string
		want          []string
	}{
		"UTF-8":                          {name, text, two},
		"UTF-8 with BOM and CRLF":        {name, "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"), two},
		"GB18030":                        {name, gb18030(t, text), two},
		"without the last line break":    {name, strings.TrimSuffix(text, "\n"), two},
		"title lines and a blank one":    {name, "费用账单\n\n" + text, four},
		"blank lines between":            {name, strings.Replace(text, serverRow, "\n"+serverRow+"\n", 1), []string{"2 | 2026-10-01 | 3.00 | 0.18", "6 | 2026-10-01 | 1.00 | 0.28"}},
		"a quoted cell of two lines":     {name, strings.Replace(text, "通话时长", "\"通话\n时长\"", 1), []string{"2 | 2026-10-01 | 3.00 | 0.18", "5 | 2026-10-01 | 1.00 | 0.28"}},
		"a short row":                    {name, strings.Replace(text, serverRow, "合计\n", 1), two},
		"semicolons":                     {name, strings.ReplaceAll(text, ",", ";"), two},
		"English headings":               {name, english, two},
		"columns in another order":       {name, reversed, two},
		"a workbook":                     {"export.xlsx", xlsx, four},
		"a zip of a csv":                 {"bill.zip", string(zipped(member{"10月/" + name, []byte(text)}, member{"__MACOSX/x", []byte("rubbish")})), two},
		"a zip of a zip of a workbook":   {"bill.zip", string(zipped(member{"inner.zip", zipped(member{"a.xlsx", []byte(xlsx)})})), four},
		"a folder with a hidden file":    {"2026/" + name, text, two},
		"a row wide of blanks":           {name, strings.Replace(text, serverRow, strings.TrimSpace(serverRow)+",,\n", 1), two},
		"a name that says nothing":       {"10月.csv", text, two},
		"--, blanks and unknown columns": {name, strings.ReplaceAll(strings.ReplaceAll(text, "\n", ",x\n"), ",0,0.28,0.28", ",,--,0.28"), two},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			conn := openRaw(t)
			dir := writeFiles(t, map[string]string{tt.file: tt.content, ".hidden": "x"})
			o := billOptions(t)
			bills, err := LoadBill(t.Context(), conn, []string{dir}, o)
			if err != nil {
				t.Fatal(err)
			}
			if len(bills) != 1 || bills[0].Rows != 3 || bills[0].PrivateRows != 2 || bills[0].OtherRows != 1 || bills[0].Kind != usageDetail {
				t.Errorf("bills %+v, want one with 3 rows, 2 of PrivateNumber", bills)
			}
			got := selected(t, conn, "select line, month, trim_zeros(quantity), trim_zeros(payable_cny) from raw.bill_lines order by line")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if left, _ := os.ReadDir(o.TempDir); len(left) > 0 {
				t.Errorf("left in the temporary folder: %v", left)
			}
		})
	}
}

// TestBillsOnce: the same bytes are loaded once, under whatever name.
func TestBillsOnce(t *testing.T) {
	conn := openRaw(t)
	text := shortHeadings + usageRow("通话时长", 10, "t-1", "3", "分钟", "0.18")
	dir := writeFiles(t, map[string]string{"a_PriceFactorBillDetail_20261005_1.csv": text, "copy.csv": text})
	for range 2 {
		if _, err := LoadBill(t.Context(), conn, []string{dir, filepath.Join(dir, "*.csv")}, billOptions(t)); err != nil {
			t.Fatal(err)
		}
	}
	bills, err := LoadBill(t.Context(), conn, []string{dir}, billOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bills {
		if b.Status != "known" || b.Detail != "a_PriceFactorBillDetail_20261005_1.csv" {
			t.Errorf("bill %+v, want it known", b)
		}
	}
	got := selected(t, conn, "select (select count(*) from raw.bill_lines), (select count(*) from raw.bill_files), (select count(*) from raw.bill_products)")
	if got[0] != "1 | 1 | 1" {
		t.Errorf("lines, files and products are %s, want 1 each", got[0])
	}
}

func TestBillErrors(t *testing.T) {
	good := shortHeadings + usageRow("通话时长", 10, "t-1", "3", "分钟", "0.18")
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":            {map[string]string{"a.csv": ""}, "bill DIR/a.csv: is empty; fetch the bill again"},
		"blank lines":        {map[string]string{"a.csv": "\n\n"}, "bill DIR/a.csv: holds no row; fetch the bill again"},
		"no file":            {map[string]string{".hidden": ""}, "bill DIR: no files found; give a file, a folder or a glob of the vendor's bill"},
		"other headings":     {map[string]string{"a.csv": "date,calls\n2026-10-01,5\n"}, "bill DIR/a.csv: unknown headings date, calls; want those of the vendor's bill: a product (产品类型, Product Type), an amount (应付金额, Amount Due) and a month or time (账期, Billing Cycle)"},
		"other headings x":   {map[string]string{"a.xlsx": string(workbook(t, map[string][][]any{"S": {{"date", "calls"}}}, "S"))}, "bill DIR/a.xlsx:S: unknown headings date, calls; want those of the vendor's bill: a product (产品类型, Product Type), an amount (应付金额, Amount Due) and a month or time (账期, Billing Cycle)"},
		"an old workbook":    {map[string]string{"a.xls": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}, "bill DIR/a.xls: is an old .xls or has a password; save it as .xlsx without one, or as csv"},
		"other products":     {map[string]string{"a.csv": shortHeadings + serverRow, "b.csv": shortHeadings + serverRow + serverRow}, "bill DIR: no rows of PrivateNumber (hws.service.type.privatenumber, 隐私保护通话), only 弹性云服务器; give the bill of the account that has the service"},
		"only headings":      {map[string]string{"a.csv": shortHeadings}, "bill DIR: no rows of PrivateNumber (hws.service.type.privatenumber, 隐私保护通话), no rows at all; give the bill of the account that has the service"},
		"two accounts":       {map[string]string{"a.csv": good, "b.csv": strings.ReplaceAll(good, "acme", "other")}, "bill DIR/b.csv: is of account other, but DIR/a.csv is of account acme; give one account's bills, or another --db for each account"},
		"two in one":         {map[string]string{"a.csv": good + strings.ReplaceAll(usageRow("通话时长", 10, "t-1", "3", "分钟", "0.18"), "acme", "other")}, "bill DIR/a.csv: is of account other, but DIR/a.csv is of account acme; give one account's bills, or another --db for each account"},
		"a wrong name":       {map[string]string{"a_PriceFactorBillDetail_20260901-20260930_1.csv": good}, "bill DIR/a_PriceFactorBillDetail_20260901-20260930_1.csv: is named for 2026-09, but its rows are of 2026-10; give it its own name back"},
		"too many cells":     {map[string]string{"a.csv": good + "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n"}, "bill DIR/a.csv:3: has 17 cells under 16 headings; quote a cell that holds the delimiter"},
		"a quote too few":    {map[string]string{"a.csv": good + "\"a,b\n"}, `bill DIR/a.csv:3: extraneous or missing " in quoted-field; check the quotes of this line`},
		"a zip of a picture": {map[string]string{"a.zip": string(zipped(member{"a.png", []byte("\x89PNG\r\n\x1a\n\x00\x00")}))}, "bill DIR/a.zip/a.png: unknown headings"},
	}
	conn := openRaw(t) // nothing of it is kept
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := writeFiles(t, tt.files)
			_, err := LoadBill(t.Context(), conn, []string{dir}, billOptions(t))
			var at *TableError
			if !errors.As(err, &at) {
				t.Fatalf("error %v, want a TableError", err)
			}
			if got := strings.ReplaceAll(err.Error(), dir, "DIR"); got != tt.want && !(name == "a zip of a picture" && strings.HasPrefix(got, tt.want)) {
				t.Errorf("error\n%s, want\n%s", got, tt.want)
			}
			if n := selected(t, conn, "select file from raw.bill_files"); len(n) > 0 {
				t.Errorf("kept %v in spite of the error", n)
			}
		})
	}
}

// TestBillOfAnotherAccountLater: what is in the database counts too.
func TestBillOfAnotherAccountLater(t *testing.T) {
	conn := openRaw(t)
	good := shortHeadings + usageRow("通话时长", 10, "t-1", "3", "分钟", "0.18")
	dir := writeFiles(t, map[string]string{"a.csv": good, "later/b.csv": strings.ReplaceAll(good, "acme", "other")})
	if _, err := LoadBill(t.Context(), conn, []string{filepath.Join(dir, "a.csv")}, billOptions(t)); err != nil {
		t.Fatal(err)
	}
	_, err := LoadBill(t.Context(), conn, []string{filepath.Join(dir, "later")}, billOptions(t))
	if err == nil || !strings.Contains(err.Error(), "is of account other, but a.csv, loaded before, is of account acme") {
		t.Errorf("error %v, want it to name both accounts", err)
	}
}

func TestBillCancelled(t *testing.T) {
	conn := openRaw(t)
	dir := writeFiles(t, map[string]string{"a.csv": shortHeadings + usageRow("通话时长", 10, "t-1", "3", "分钟", "0.18")})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := LoadBill(ctx, conn, []string{dir}, billOptions(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// TestBillFinal: what a file's name and folder say of it.
func TestBillFinal(t *testing.T) {
	row := usageRow("通话时长", 10, "t-1", "3", "分钟", "0.18")
	tests := []struct {
		file, kind string
		isFinal    bool
	}{
		{"acme_PriceFactorBillDetail_20261001-20261031_1.csv", usageDetail, true},
		{"acme_PriceFactorBillDetail_20261001-20261015.csv", usageDetail, false},
		{"acme_PriceFactorBillDetail_20261005_1.csv", usageDetail, false},
		{"acme_SettleBillDetail_20261001-20261031.csv", transaction, true},
		{"acme_SettleBillDetail_20261005.csv", transaction, false},
		{"Spendings(ByTransaction-Pay-per-Use)_MonthlyBill_202610.csv", transaction, true},
		{"acme_InstanceBillMonth_202610.csv", resource, false},
		{"20261020/acme_InstanceBillMonth_202610.csv", resource, false},
		{"20261103/acme_InstanceBillMonth_202610.csv", resource, true},
		{"acme_ItemProductBillOverview_202610.csv", statement, true},
		{"export.csv", usageDetail, false},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			dir := writeFiles(t, map[string]string{tt.file: shortHeadings + row})
			bills, err := LoadBill(t.Context(), openRaw(t), []string{dir}, billOptions(t))
			if err != nil {
				t.Fatal(err)
			}
			if bills[0].Final != tt.isFinal || bills[0].Kind != tt.kind {
				t.Errorf("final is %v and kind %s, want %v and %s", bills[0].Final, bills[0].Kind, tt.isFinal, tt.kind)
			}
		})
	}
}
