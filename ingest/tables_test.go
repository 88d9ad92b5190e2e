package ingest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

var testModels = os.DirFS("../sql")

// openRaw opens a database in memory with the macros and raw tables.
func openRaw(tb testing.TB) *sql.Conn {
	tb.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		tb.Fatal(err)
	}
	conn, err := db.Conn(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		conn.Close()
		db.Close()
	})
	files, err := filepath.Glob("../sql/raw/*.sql")
	if err != nil {
		tb.Fatal(err)
	}
	mustExec(tb, conn, "create schema raw")
	for _, f := range append([]string{"../sql/macros.sql"}, files...) {
		b, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		mustExec(tb, conn, string(b))
	}
	return conn
}

func mustExec(tb testing.TB, conn *sql.Conn, statement string) {
	tb.Helper()
	if _, err := conn.ExecContext(tb.Context(), statement); err != nil {
		tb.Fatal(err)
	}
}

// selected returns the rows of a query, cells parted by a bar.
func selected(tb testing.TB, conn *sql.Conn, query string) []string {
	tb.Helper()
	rows, err := conn.QueryContext(tb.Context(), "select columns(*)::varchar from ("+query+")")
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	all := []string{}
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			tb.Fatal(err)
		}
		var texts []string
		for _, c := range cells {
			texts = append(texts, c.String)
		}
		all = append(all, strings.Join(texts, " | "))
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
}

// tablesOf names one table of the five.
func tablesOf(name, path string) Tables {
	switch name {
	case "prices":
		return Tables{Prices: path}
	case "packages":
		return Tables{Packages: path}
	case "numbers":
		return Tables{Numbers: path}
	case "complaints":
		return Tables{Complaints: path}
	}
	return Tables{Stats: path}
}

// loadText loads one table from a file of this name and content, and returns
// the lines of the error without the folder.
func loadText(tb testing.TB, conn *sql.Conn, table, file string, content []byte) (problems []string) {
	tb.Helper()
	dir := tb.TempDir()
	path := filepath.Join(dir, file)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	err := LoadTables(tb.Context(), conn, testModels, dir, tablesOf(table, path))
	if err == nil {
		return nil
	}
	var at *TableError
	if !errors.As(err, &at) {
		tb.Fatalf("not a TableError: %v", err)
	}
	return strings.Split(strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), ""), "\n")
}

func TestTablesAreRead(t *testing.T) {
	tests := map[string]struct {
		table, text, query string
		want               []string
	}{
		"prices": {
			"prices",
			"item,number_kind,app_key,mode,valid_from,valid_to,price_cny,discount\n" +
				"call,,,,2026-01-01,2026-10-01,0.06,\n" +
				"call,,,,2026-10-01 00:00:00,,0.056789,85%\n" +
				"call,,app-a,axb,2026-10-01,2027-01-01,0.05,8.5折\n" +
				"sms,carrier,,,,,0.27,0.9\n" +
				"rent,virtual,*,any,,,¥5,85折\n",
			"select * from raw.prices order by line",
			[]string{
				"2 | call |  |  |  | 2026-01-01 00:00:00 | 2026-10-01 00:00:00 | 0.060000 | 1.0000",
				"3 | call |  |  |  | 2026-10-01 00:00:00 |  | 0.056789 | 0.8500",
				"4 | call |  | app-a | AXB | 2026-10-01 00:00:00 | 2027-01-01 00:00:00 | 0.050000 | 0.8500",
				"5 | sms | carrier |  |  | 2000-01-01 00:00:00 |  | 0.270000 | 0.9000",
				"6 | rent | virtual |  |  | 2000-01-01 00:00:00 |  | 5.000000 | 0.8500",
			},
		},
		"prices with Chinese headings and words, parted by semicolons": {
			"prices",
			"单价（元）;计费项;号码类型;生效时间\n0.28;短信;虚拟运营商(虚号);2026/1/5 9:05\n15;月租;实号;2026年1月5日\n",
			"select line, item, number_kind, valid_from_at, price_cny from raw.prices order by line",
			[]string{"2 | sms | virtual | 2026-01-05 09:05:00 | 0.280000", "3 | rent | carrier | 2026-01-05 00:00:00 | 15.000000"},
		},
		"packages: the next full hour, 12 months, and valid_from first": {
			"packages",
			"package_id,minutes,sms,price_cny,bought_at,valid_from,valid_to\n" +
				"a,500,50,38.00,2026-10-01 10:03:00,,\n" +
				"b,\"5,000\",150,280,2026-10-01 10:00:00,,\n" +
				"c,500,,38,2026-10-01 10:03:00,2026-10-02,2026-11-02 01:00:00\n" +
				"d,,50,\"¥1,038.50\",2026-02-28 23:59:59,,\n",
			"select * from raw.packages order by line",
			[]string{
				"2 | a | 500 | 50 | 38.00 | 2026-10-01 10:03:00 | 2026-10-01 11:00:00 | 2027-10-01 11:00:00",
				"3 | b | 5000 | 150 | 280.00 | 2026-10-01 10:00:00 | 2026-10-01 11:00:00 | 2027-10-01 11:00:00",
				"4 | c | 500 | 0 | 38.00 | 2026-10-01 10:03:00 | 2026-10-02 00:00:00 | 2026-11-02 01:00:00",
				"5 | d | 0 | 50 | 1038.50 | 2026-02-28 23:59:59 | 2026-03-01 00:00:00 | 2027-03-01 00:00:00",
			},
		},
		"numbers: order of columns, blank rows, quoted cells, tabs": {
			"numbers",
			"\n城市\tKind\tX Number\tapp_key\t退回日期\t下发日期\n\n\"上\n海\"\tCarrier\t13264273958\tapp-a\t\t2026/9/1\n\t\t\t\t\t\n\t虚号\t8617000000001\t\t2026-10-26\t2026-10-26\n",
			"select * from raw.numbers order by line",
			[]string{
				"4 | +8613264273958 | carrier | app-a | 上\n海 | 2026-09-01 | ",
				"7 | +8617000000001 | virtual |  |  | 2026-10-26 | 2026-10-26",
			},
		},
		"complaints: masked and foreign numbers are kept": {
			"complaints",
			"complaint_date,x_number,complained_party,type,source,note\n2026-10-31 23:59:59,+8617000000001,+8619900000001,fraud,mail,\"called \"\"again\"\"\"\n2026-10-02,132****3958,,,,\n2026-10-02,02112345678,,,,\n",
			"select * from raw.complaints order by line",
			[]string{
				`2 | 2026-10-31 | +8617000000001 | +8619900000001 | fraud | mail | called "again"`,
				"3 | 2026-10-02 | 132****3958 |  |  |  | ",
				"4 | 2026-10-02 | 02112345678 |  |  |  | ",
			},
		},
		"stats": {
			"stats",
			"日期,呼叫次数,接通次数,通话时长(秒)\n20261001,\"1,200\",800,48000\n2026-10-02,0,,\n",
			"select * from raw.vendor_stats order by line",
			[]string{"2 | 2026-10-01 | 1200 | 800 | 48000", "3 | 2026-10-02 | 0 |  | "},
		},
		"only headings": {"numbers", "x_number,kind\n", "select * from raw.numbers", []string{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			conn := openRaw(t)
			if problems := loadText(t, conn, tt.table, "t.csv", []byte(tt.text)); problems != nil {
				t.Fatal(strings.Join(problems, "\n"))
			}
			if diff := cmp.Diff(tt.want, selected(t, conn, tt.query)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			want := []string{fmt.Sprintf("%s | t.csv | %d", tt.table, len(tt.want))}
			if diff := cmp.Diff(want, selected(t, conn, "select name, file, row_count from raw.input_tables where length(sha256) = 64")); diff != "" {
				t.Errorf("ledger (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTableErrors(t *testing.T) {
	const prices = "item,number_kind,mode,valid_from,valid_to,price_cny,discount\n"
	tests := map[string]struct {
		table, text string
		want        []string
	}{
		"each cell of a price, all of them told": {
			"prices",
			prices + "calls,both,AXC,2026-02-30,soon,abc,1.5\n,,,,,-0.06,0.12345\nrent,,AXB,2026-10-01,2026-10-01,0.0612345,10折\ncall,,,,,,\n",
			[]string{
				`prices t.csv:2: number_kind "both" is unknown; write carrier or virtual, or leave it empty for both`,
				`prices t.csv:2: mode "AXC" is unknown; write AXB, AX, AXE, AXYB or X, or leave it empty for all`,
				`prices t.csv:2: valid_from "2026-02-30" is no date; write it like 2026-10-31 or 2026-10-31 23:59:59`,
				`prices t.csv:2: valid_to "soon" is no date; write it like 2026-10-31 or 2026-10-31 23:59:59`,
				`prices t.csv:2: price_cny "abc" is no amount; write it like 0.06`,
				`prices t.csv:2: discount "1.5" is none of 0 to 1 with at most 4 decimals; write it like 0.85, 85% or 8.5折`,
				`prices t.csv:3: item is empty; write call, sms or rent`,
				`prices t.csv:3: price_cny "-0.06" is negative; write it like 0.06`,
				`prices t.csv:3: discount "0.12345" is none of 0 to 1 with at most 4 decimals; write it like 0.85, 85% or 8.5折`,
				`prices t.csv:4: mode "AXB" cannot be: only calls have a mode; leave it empty`,
				`prices t.csv:4: valid_to "2026-10-01" is not after valid_from; the price holds from valid_from until just before valid_to`,
				`prices t.csv:4: price_cny "0.0612345" has more than 6 decimals; write it like 0.06`,
				`prices t.csv:4: discount "10折" is none of 0 to 1 with at most 4 decimals; write it like 0.85, 85% or 8.5折`,
				`prices t.csv:5: price_cny is empty; write it like 0.06`,
			},
		},
		"amounts a European or Excel writes": {
			"prices", prices + "call,,,,,\"0,06\",\ncall,,AX,,,6E-2,\nvideo,,,,,\"0,060\",\n",
			[]string{
				`prices t.csv:2: price_cny "0,06" is no amount; write it like 0.06`,
				`prices t.csv:3: price_cny "6E-2" is no amount; write it like 0.06`,
				`prices t.csv:4: item "video" is unknown; write call, sms or rent`,
				`prices t.csv:4: price_cny "0,060" is no amount; write it like 0.06`,
			},
		},
		"an overlap, also of a row that spans several": {
			"prices", prices + "call,,,2026-03-01,2026-04-01,0.05,\ncall,,,2026-01-01,2026-12-01,0.06,\ncall,,,2026-06-01,,0.04,\ncall,virtual,,2026-06-01,,0.04,\n",
			[]string{
				`prices t.csv:2: overlaps line 3 of the same item, kind, app and mode from 2026-03-01 00:00:00; end one where the other begins`,
				`prices t.csv:4: overlaps line 3 of the same item, kind, app and mode from 2026-06-01 00:00:00; end one where the other begins`,
			},
		},
		"a price without end overlaps what follows": {
			"prices", prices + "call,,,,,0.05,\ncall,,,2026-06-01,,0.04,\n",
			[]string{`prices t.csv:3: overlaps line 2 of the same item, kind, app and mode from 2026-06-01 00:00:00; end one where the other begins`},
		},
		"a gap": {
			"prices", prices + "call,,,2026-11-01,,0.05,\ncall,,,2026-01-01,2026-10-31,0.06,\n",
			[]string{`prices t.csv:2: leaves a gap behind line 3 from 2026-10-31 00:00:00 to 2026-11-01 00:00:00; valid_to is the moment a price ends: write the next valid_from`},
		},
		"packages": {
			"packages",
			"package_id,minutes,sms,price_cny,bought_at,valid_from,valid_to\na,500,0,38,2026-10-01,,\na,500,0,38,2026-10-01,,\n,-1,x,38.001,,,\nb,0,,38,,2026-10-02,2026-10-01\n",
			[]string{
				`packages t.csv:3: package_id "a" is in line 2 too; give each package a name of its own`,
				`packages t.csv:4: package_id is empty; give each package a name of its own`,
				`packages t.csv:4: minutes "-1" is no whole number of 0 or more; write it like 500`,
				`packages t.csv:4: sms "x" is no whole number of 0 or more; write it like 500`,
				`packages t.csv:4: price_cny "38.001" has more than 2 decimals; write it like 38.00`,
				`packages t.csv:4: has neither bought_at nor valid_from; write one of them`,
				`packages t.csv:5: holds neither minutes nor sms; write what was bought`,
				`packages t.csv:5: valid_to 2026-10-01 00:00:00 is not after the start 2026-10-02 00:00:00; correct one of them`,
			},
		},
		"numbers": {
			"numbers",
			"x_number,kind,issued_date,returned_date\n+8617000000001,virtual,2026-10-02,2026-10-01\n17000000001,carrier,,\n8.61326E+12,real,,\n,,,\nx1,,,\n",
			[]string{
				`numbers t.csv:2: returned_date "2026-10-01" is before issued_date "2026-10-02"; correct one of them`,
				`numbers t.csv:3: x_number "17000000001" is in line 2 too; keep one row for each number`,
				`numbers t.csv:4: x_number "8.61326E+12" has lost its digits in Excel; format the column as text and enter it again`,
				`numbers t.csv:4: kind "real" is unknown; write carrier or virtual`,
				`numbers t.csv:6: x_number "x1" is no number; write it like +8617000000001`,
				`numbers t.csv:6: kind is empty; write carrier or virtual`,
			},
		},
		"complaints": {
			"complaints", "complaint_date,x_number\n,+8617000000001\n2026-13-01,\n",
			[]string{
				`complaints t.csv:2: complaint_date is empty; write it like 2026-10-31`,
				`complaints t.csv:3: complaint_date "2026-13-01" is no date; write it like 2026-10-31 or 2026-10-31 23:59:59`,
				`complaints t.csv:3: x_number is empty; write it like +8617000000001`,
			},
		},
		"stats": {
			"stats", "date,calls,answered\n2026-10-01,5,6\n2026/10/1,,1.5\n",
			[]string{
				`stats t.csv:2: answered "6" is more than calls "5"; correct one of them`,
				`stats t.csv:3: date "2026/10/1" is in line 2 too; keep one row for each day`,
				`stats t.csv:3: calls is empty; write a whole number`,
				`stats t.csv:3: answered "1.5" is no whole number of 0 or more; write it like 500`,
			},
		},
		"headings": {
			"stats", "day,Date,colour,answered\n",
			[]string{
				`stats t.csv:1: headings "day" and "Date" both mean date; remove one of them`,
				`stats t.csv:1: no column calls; the first row must hold the headings, known are date (日期), calls (呼叫次数), answered (接通次数), duration_s (通话时长)`,
				`stats t.csv:1: unknown heading "colour"; known are date (日期), calls (呼叫次数), answered (接通次数), duration_s (通话时长)`,
			},
		},
		"cells outside the headings": {
			"stats", "date,calls,\n2026-10-01,5,7\n2026-10-02,5,,7\n",
			[]string{
				`stats t.csv:2: "7" stands in column 3, which has no heading; give it one or clear the cell`,
				`stats t.csv:3: has 4 cells under 3 headings; quote a cell that holds the delimiter`,
			},
		},
		"a quote too few": {"stats", "date,calls\n2026-10-01,\"5\n2026-10-02,5\n", []string{`stats t.csv:3: extraneous or missing " in quoted-field; check the quotes of this line`}},
		"nothing":         {"stats", "", []string{"stats t.csv: is empty; save the table again"}},
		"blank lines":     {"stats", "\n \n", []string{"stats t.csv: has no row; the first row must hold the headings, known are date (日期), calls (呼叫次数), answered (接通次数), duration_s (通话时长)"}},
		"an old workbook": {"stats", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", []string{"stats t.csv: is an old .xls or has a password; save it as .xlsx without one, or as csv"}},
		"a zip":           {"stats", "PK\x03\x04abc", []string{"stats t.csv: is no workbook: zip: not a valid zip file; save it as .xlsx again"}},
		"not text":        {"stats", "date,calls\n2026\x00", []string{"stats t.csv: is not text; want a csv or xlsx file"}},
		"no known bytes":  {"stats", "date,calls\n\xff\xff\xff", []string{"stats t.csv: is neither UTF-8 nor GB18030 text; save it as CSV UTF-8 or xlsx"}},
	}
	conn := openRaw(t) // nothing of it is kept
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, loadText(t, conn, tt.table, "t.csv", []byte(tt.text))); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if n := selected(t, conn, "select * from raw.input_tables"); len(n) != 0 {
				t.Errorf("a table with errors was kept: %v", n)
			}
		})
	}
}

// TestTableErrorsAreCounted: twenty are told, then how many more there are.
func TestTableErrorsAreCounted(t *testing.T) {
	text := "date,calls\n" + strings.Repeat("yesterday,1\n", 25)
	got := loadText(t, openRaw(t), "stats", "t.csv", []byte(text))
	if len(got) != 21 || got[20] != "stats t.csv: 5 more errors; correct these first" {
		t.Errorf("%d lines, the last %q", len(got), got[len(got)-1])
	}
}

func TestTableEncodings(t *testing.T) {
	const text = "x_number,类型,城市\n17000000001,虚号,上海\n"
	encode := func(e interface{ Bytes([]byte) ([]byte, error) }) []byte {
		b, err := e.Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tests := map[string][]byte{
		"UTF-8":          []byte(text),
		"UTF-8 with BOM": []byte("\ufeff" + text),
		"CRLF":           []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"GB18030":        encode(simplifiedchinese.GB18030.NewEncoder()),
		"UTF-16":         encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()),
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			conn := openRaw(t)
			if problems := loadText(t, conn, "numbers", "t.csv", content); problems != nil {
				t.Fatal(strings.Join(problems, "\n"))
			}
			want := []string{"2 | +8617000000001 | virtual | 上海"}
			if diff := cmp.Diff(want, selected(t, conn, "select line, x_number, number_kind, city from raw.numbers")); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// workbook makes an xlsx whose sheets hold these rows.
func workbook(tb testing.TB, sheets map[string][][]any, order ...string) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, name := range order {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", name); err != nil {
				tb.Fatal(err)
			}
		} else if _, err := f.NewSheet(name); err != nil {
			tb.Fatal(err)
		}
		for r, row := range sheets[name] {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", r+1), &row); err != nil {
				tb.Fatal(err)
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbooks(t *testing.T) {
	day := time.Date(2026, time.October, 1, 10, 3, 0, 0, time.UTC)
	tests := map[string]struct {
		table, query string
		content      []byte
		want         []string
	}{
		"the first sheet with known headings, numbers and dates as such and as text": {
			"numbers", "select line, x_number, number_kind, app_key, issued_date, returned_date from raw.numbers order by line",
			workbook(t, map[string][][]any{
				"说明": {{"what this is"}},
				"号码": {{}, {"隐私号码", "类型", "app_key", "下发日期", "退回日期"}, {8613264273958, "实号", "1E5", day, nil}, {"17000000001", "虚号", 123, "2026-10-01", 20261031}},
			}, "说明", "号码"),
			[]string{"3 | +8613264273958 | carrier | 1E5 | 2026-10-01 | ", "4 | +8617000000001 | virtual | 123 | 2026-10-01 | 2026-10-31"},
		},
		"amounts without binary noise": {
			"prices", "select line, price_cny, discount from raw.prices order by line",
			workbook(t, map[string][][]any{"S": {{"item", "mode", "price_cny", "discount"}, {"call", "AX", 0.056, 0.85}, {"call", "X", 0.1 + 0.2 - 0.3 + 0.07, 1}, {"call", "AXB", "0.06", "8.5折"}}}, "S"),
			[]string{"2 | 0.056000 | 0.8500", "3 | 0.070000 | 1.0000", "4 | 0.060000 | 0.8500"},
		},
		"a time of day": {
			"packages", "select starts_at, price_cny from raw.packages",
			workbook(t, map[string][][]any{"S": {{"package_id", "minutes", "price_cny", "bought_at"}, {"a", 500, 38.0, day}}}, "S"),
			[]string{"2026-10-01 11:00:00 | 38.00"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			conn := openRaw(t)
			if problems := loadText(t, conn, tt.table, "t.xlsx", tt.content); problems != nil {
				t.Fatal(strings.Join(problems, "\n"))
			}
			if diff := cmp.Diff(tt.want, selected(t, conn, tt.query)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWorkbookErrors(t *testing.T) {
	rows := [][]any{{"x_number", "kind"}, {}, {86700123456789012, "virtual"}, {"17000000001", "other"}}
	got := loadText(t, openRaw(t), "numbers", "t.xlsx", workbook(t, map[string][][]any{"号码": rows}, "号码"))
	want := []string{`numbers t.xlsx:号码:4: kind "other" is unknown; write carrier or virtual`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	got = loadText(t, openRaw(t), "numbers", "t.xlsx", workbook(t, map[string][][]any{"S": {}}, "S"))
	if diff := cmp.Diff([]string{"numbers t.xlsx: has no row in any sheet; save the table again"}, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestCellText(t *testing.T) {
	tests := []struct {
		kind       cellKind
		text, want string
	}{
		{numberCell, "5.6000000000000001E-2", "0.056"},
		{numberCell, "0.30000000000000004", "0.3"},
		{numberCell, "8.613264273958E+12", "8613264273958"},
		{numberCell, "8613264273958", "8613264273958"},
		{numberCell, "8.6700123456789E+16", "8.6700123456789E+16"}, // Excel has lost two digits
		{numberCell, "-1.5", "-1.5"},
		{numberCell, "85%", "85%"},
		{textCell, "1E5", "1E5"},
		{timeCell, "46296", "2026-10-01 00:00:00"},
		{timeCell, "46296.999988425923", "2026-10-01 23:59:59"},
		{timeCell, "20261001", "20261001"},
		{timeCell, "2026-10-01", "2026-10-01"},
	}
	for _, tt := range tests {
		if got := cellText(tt.kind, tt.text, false); got != tt.want {
			t.Errorf("cellText(%d, %q) = %q, want %q", tt.kind, tt.text, got, tt.want)
		}
	}
	if got := cellText(timeCell, "44834", true); got != "2026-10-01 00:00:00" {
		t.Errorf("a date counted from 1904 is %q, want 2026-10-01 00:00:00", got)
	}
}

// TestTablesAreReplaced: a table not named is emptied, and one bad table leaves
// all of them as they were.
func TestTablesAreReplaced(t *testing.T) {
	conn := openRaw(t)
	if problems := loadText(t, conn, "numbers", "a.csv", []byte("x_number,kind\n17000000001,virtual\n")); problems != nil {
		t.Fatal(problems)
	}
	if problems := loadText(t, conn, "numbers", "b.csv", []byte("x_number,kind\n17000000001,other\n")); problems == nil {
		t.Fatal("no error")
	}
	if got := selected(t, conn, "select file, x_number from raw.numbers, raw.input_tables"); len(got) != 1 || got[0] != "a.csv | +8617000000001" {
		t.Errorf("after a bad table there is %v", got)
	}
	if problems := loadText(t, conn, "stats", "c.csv", []byte("date,calls\n2026-10-01,5\n")); problems != nil {
		t.Fatal(problems)
	}
	if got := selected(t, conn, "select count(*), any_value(name) from raw.input_tables union all select count(*), null from raw.numbers"); got[0] != "1 | stats" || got[1] != "0 | " {
		t.Errorf("after another table there is %v", got)
	}
}

func TestTablesCancelled(t *testing.T) {
	conn := openRaw(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := LoadTables(ctx, conn, testModels, t.TempDir(), Tables{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// BenchmarkNumbers loads 20,000 X numbers.
func BenchmarkNumbers(b *testing.B) {
	var text strings.Builder
	text.WriteString("x_number,kind,app_key,city,issued_date,returned_date\n")
	for i := range 20000 {
		fmt.Fprintf(&text, "+86170%08d,virtual,app-%d,上海,2026-09-01,\n", i, i%20)
	}
	path := filepath.Join(b.TempDir(), "numbers.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	conn := openRaw(b)
	for b.Loop() {
		if err := LoadTables(b.Context(), conn, testModels, b.TempDir(), Tables{Numbers: path}); err != nil {
			b.Fatal(err)
		}
	}
}
