package xtally_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally"
)

// Short headings of the four kinds of bill; columns are bound by name.
const (
	usageHeads       = "账期,账号,产品类型编码,产品,计费模式,使用开始时间,订单号/交易号,交易时间,账单类型,资源ID,使用量类型编码,使用量,使用量单位,套餐内使用量,应付金额(¥)\n"
	transactionHeads = "账期,账号,产品类型编码,产品,计费模式,交易号,交易时间,账单类型,应付金额(¥)\n"
	statementHeads   = "账期,产品类型,产品,计费模式,购买数量,官网价总金额,应付金额\n"
)

// used is a row under usageHeads: a product used on a day of October 2026.
func used(product string, day int, trade, quantity, amount string) string {
	return fmt.Sprintf("2026-10,acme,hws.service.type.privatenumber,%s,按需,2026-10-%02d 10:00:00 GMT+08:00,%s,2026-10-%02d 11:40:00 GMT+08:00,消费-使用,--,--,%s,--,0,%s\n",
		product, day, trade, day, quantity, amount)
}

// billed loads the bills one load after the other, builds, and returns the
// database. Each load is a set of files by name.
func billed(t *testing.T, tables xtally.Tables, loads ...map[string]string) *sql.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.duckdb")
	tally := mustOpen(t, path, xtally.WithClock(midNovember))
	if err := tally.LoadTables(t.Context(), tables); err != nil {
		t.Fatal(err)
	}
	for _, files := range loads {
		dir := t.TempDir()
		for name, content := range files {
			mustWrite(t, filepath.Join(dir, filepath.FromSlash(name)), []byte(content))
		}
		if _, err := tally.LoadBill(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		mustBuild(t, tally)
	}
	if err := tally.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("attach '" + path + "' as xtally (read_only); use xtally"); err != nil {
		t.Fatal(err)
	}
	return db
}

// texts returns the only column of a query, row by row.
func texts(t tester, db *sql.DB, query string) []string {
	t.Helper()
	result, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	all := []string{}
	for result.Next() {
		var text string
		if err := result.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// inMonth moves a case written for October 2026 into another month of 31 days,
// so that all cases fit into one database.
func inMonth(month time.Time, text string) string {
	return strings.NewReplacer(
		"202611", month.AddDate(0, 1, 0).Format("200601"),
		"202610", month.Format("200601"),
		"2026-10", month.Format("2006-01"),
	).Replace(text)
}

// TestWhichBillHolds: what of several bills of one month counts. Each case is
// a series of loads.
func TestWhichBillHolds(t *testing.T) {
	unraced(t)
	const (
		final  = "acme_PriceFactorBillDetail_20261001-20261031_1.csv"
		second = "acme_PriceFactorBillDetail_20261001-20261031_2.csv"
		fifth  = "acme_PriceFactorBillDetail_20261005_1.csv"
		sixth  = "acme_PriceFactorBillDetail_20261006_1.csv"
		settle = "acme_SettleBillDetail_20261001-20261031.csv"
		state  = "acme_ItemProductBillOverview_202610.csv"
	)
	call := func(day int, trade, minutes, amount string) string {
		return used("通话时长", day, trade, minutes, amount)
	}
	statement := statementHeads + "2026-10,隐私保护通话,通话时长,按需,9,0.54,0.54\n2026-10,隐私保护通话,套餐包500分钟,包年,1,38,38\n2026-10,弹性云服务器,弹性云服务器,包月,1,99,99\n"
	tests := map[string]struct {
		loads          []map[string]string
		sums, statuses string
	}{
		"days add up": {
			[]map[string]string{{fifth: usageHeads + call(5, "t-1", "3", "0.18")}, {sixth: usageHeads + call(6, "t-2", "2", "0.12")}},
			"call 5 for 0.30", "2 in force",
		},
		"a row in two days' files counts once": {
			[]map[string]string{{fifth: usageHeads + call(5, "t-1", "3", "0.18"), sixth: usageHeads + call(5, "t-1", "3", "0.18") + call(6, "t-2", "2", "0.12")}},
			"call 5 for 0.30", "1 duplicate, 2 in force",
		},
		"a day issued again replaces that day": {
			[]map[string]string{{fifth: usageHeads + call(5, "t-1", "3", "0.18"), sixth: usageHeads + call(6, "t-2", "2", "0.12")}, {fifth: usageHeads + call(5, "t-1", "3", "0.18") + call(5, "t-3", "1", "0.06")}},
			"call 6 for 0.36", "3 in force, 1 superseded",
		},
		"the final bill holds, loaded last": {
			[]map[string]string{{fifth: usageHeads + call(5, "t-1", "3", "0.18")}, {final: usageHeads + call(5, "t-1", "3", "0.18") + call(6, "t-2", "4", "0.24")}},
			"call 7 for 0.42", "2 in force, 1 other bill holds",
		},
		"the final bill holds, loaded first": {
			[]map[string]string{{final: usageHeads + call(5, "t-1", "3", "0.18") + call(6, "t-2", "4", "0.24")}, {fifth: usageHeads + call(5, "t-1", "3", "0.18") + used("短信(运营商号码)", 5, "t-9", "1", "0.27")}},
			"call 7 for 0.42", "2 in force, 2 other bill holds",
		},
		"a final bill that knows a later deduction replaces the one before, whichever is loaded last": {
			[]map[string]string{{"b/" + final: usageHeads + call(30, "t-1", "4", "0.24")}, {"a/" + final: usageHeads + call(29, "t-1", "3", "0.18")}},
			"call 4 for 0.24", "1 in force, 1 superseded",
		},
		"the folder's date of issue decides before that": {
			[]map[string]string{{"20261104/" + final: usageHeads + call(29, "t-1", "3", "0.18")}, {"20261103/" + final: usageHeads + call(30, "t-1", "4", "0.24")}},
			"call 3 for 0.18", "1 in force, 1 superseded",
		},
		"parts of one bill add up, and what both hold counts once": {
			[]map[string]string{{final: usageHeads + call(5, "t-1", "3", "0.18"), second: usageHeads + call(5, "t-1", "3", "0.18") + call(6, "t-2", "2", "0.12")}},
			"call 5 for 0.30", "1 duplicate, 2 in force",
		},
		"rows without a trade id are never repeats": {
			[]map[string]string{{final: usageHeads + used("号码月租(虚拟运营商号码)", 1, "--", "1", "5") + used("号码月租(虚拟运营商号码)", 1, "--", "1", "5")}},
			"rent_virtual 2 for 10.00", "2 in force",
		},
		"usage and transactions of a month are not added up": {
			[]map[string]string{{
				fifth:  usageHeads + call(5, "t-1", "3", "0.18"),
				settle: transactionHeads + "2026-10,acme,hws.service.type.privatenumber,通话时长,按需,t-1,2026-10-05 11:40:00 GMT+08:00,消费-使用,0.18\n",
			}},
			"call 3 for 0.18", "1 in force, 1 other bill holds",
		},
		"a coarser bill fills in what the better one does not have": {
			[]map[string]string{{fifth: usageHeads + call(5, "t-1", "3", "0.18"), state: statement}},
			"call 3 for 0.18, package 1 for 38.00", "2 in force, 1 other bill holds",
		},
		"but not where the better one has a row of no item": {
			[]map[string]string{{fifth: usageHeads + call(5, "t-1", "3", "0.18") + used("xyz", 5, "t-2", "1", "38"), state: statement}},
			"call 3 for 0.18, unmapped 1 for 38.00", "2 in force, 2 other bill holds",
		},
		"a statement alone": {
			[]map[string]string{{state: statement}},
			"call 9 for 0.54, package 1 for 38.00", "2 in force",
		},
	}
	months := map[string]time.Time{}
	loads := []map[string]string{{}, {}}
	month := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)
	for name, tt := range tests {
		for month.AddDate(0, 1, -1).Day() < 31 {
			month = month.AddDate(0, 1, 0)
		}
		months[name] = month
		for i, files := range tt.loads {
			for file, content := range files {
				loads[i][fmt.Sprintf("case%d/%s", len(months), inMonth(month, file))] = inMonth(month, content)
			}
		}
		month = month.AddDate(0, 1, 0)
	}
	db := billed(t, xtally.Tables{}, loads...)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			lines := "settled.bill_lines where month = date '" + months[name].Format(time.DateOnly) + "'"
			sums := texts(t, db, "select concat_ws(' ', item, cast(sum(quantity) as integer), 'for', cast(sum(amount_cny) as decimal(18, 2))) from "+lines+
				" and is_in_force group by item order by item")
			statuses := texts(t, db, "select concat_ws(' ', count(*), line_status) from "+lines+" group by line_status order by line_status")
			if diff := cmp.Diff([]string{tt.sums, tt.statuses}, []string{strings.Join(sums, ", "), strings.Join(statuses, ", ")}); diff != "" {
				t.Errorf("sums and lines by status (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBillRows: what a row is, and where its amount is taken from.
func TestBillRows(t *testing.T) {
	unraced(t)
	const heads = "账期,产品类型编码,产品,使用开始时间,消费时间,交易号,账单类型,使用量,官网价,优惠金额,抹零金额,应付金额,现金支付,信用额度支付,币种\n"
	row := func(cells string) string { return "2026-10,hws.service.type.privatenumber,通话," + cells + "\n" }
	text := heads +
		row("2026-10-05 10:00:00 GMT+08:00,,t-1,消费-使用,3,0.18,0,0,0.18,,,") +
		row(",2026-10-05 10:00:00 GMT+08:00-2026-10-05 11:00:00 GMT+08:00,t-2,退款-变更,-20,-1.2,0,0,-1.20,,,CNY") +
		row("2026/10/05 10:00,,t-3,调账,,,,,-0.50,,,人民币") +
		row("2026-10-05 02:00:00 GMT+00:00,,t-4,消费-使用,1,0.06123456,0.01,0.00123456,--,,,") +
		row("2026-10-05 10:00:00,,t-5,消费-使用,1,--,,,--,0.04,0.02,") +
		row("--,--,t-6,,1,--,--,--,--,--,--,") +
		row("--,--,t-7,,1,,,,abc,,,") +
		row("--,--,t-8,,1,,,,\"1,234.56\",,,USD")
	db := billed(t, xtally.Tables{}, map[string]string{"bill.csv": text})
	got := texts(t, db, `select concat_ws(' ', trade_id, row_class, usage_start_at, cast(cast(quantity as integer) as varchar), cast(amount_cny as varchar), amount_source, line_status)
		from settled.bill_lines order by trade_id`)
	want := []string{
		"t-1 charge 2026-10-05 10:00:00 3 0.18000000 payable in force",
		"t-2 refund 2026-10-05 10:00:00 -20 -1.20000000 payable in force",
		"t-3 adjustment 2026-10-05 10:00:00 -0.50000000 payable in force",
		"t-4 charge 2026-10-05 10:00:00 1 0.05000000 official less discount in force",
		"t-5 charge 2026-10-05 10:00:00 1 0.06000000 payments in force",
		"t-6 charge 1 missing in force",
		"t-7 charge 1 unreadable in force",
		"t-8 charge 1 1234.56000000 payable other currency",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestBillItems: what names mean, by default and by a table.
func TestBillItems(t *testing.T) {
	unraced(t)
	names := []string{
		"隐私保护通话-通话时长", "PrivateNumber call minutes", "隐私保护通话-短信(运营商号码)", "隐私保护通话-短信(虚拟运营商号码)", "SMS virtual number",
		"号码月租(实号)", "虚拟运营商号码租费", "Number rental (carrier)", "隐私保护通话-套餐包500分钟", "隐私保护通话", "号码费", "录音",
	}
	text := usageHeads
	for i, name := range names {
		text += used(name, 5, fmt.Sprintf("t-%02d", i), "1", "1")
	}
	items := func(tables xtally.Tables) []string {
		db := billed(t, tables, map[string]string{"bill.csv": text})
		return texts(t, db, "select product_name || ': ' || item from settled.bill_lines order by trade_id")
	}
	want := []string{
		"隐私保护通话-通话时长: call", "PrivateNumber call minutes: call", "隐私保护通话-短信(运营商号码): sms_carrier", "隐私保护通话-短信(虚拟运营商号码): sms_virtual", "SMS virtual number: sms_virtual",
		"号码月租(实号): rent_carrier", "虚拟运营商号码租费: rent_virtual", "Number rental (carrier): rent_carrier", "隐私保护通话-套餐包500分钟: package", "隐私保护通话: unmapped", "号码费: unmapped", "录音: unmapped",
	}
	if diff := cmp.Diff(want, items(xtally.Tables{})); diff != "" {
		t.Errorf("by default (-want +got):\n%s", diff)
	}
	path := filepath.Join(t.TempDir(), "items.csv")
	mustWrite(t, path, []byte("关键词,产品,使用量类型,计费项\n号码费,,,rent_carrier\n录音,,,none\n,隐私保护通话-通话时长,,package\n"))
	want[0], want[10], want[11] = "隐私保护通话-通话时长: package", "号码费: rent_carrier", "录音: none"
	if diff := cmp.Diff(want, items(xtally.Tables{BillItems: path})); diff != "" {
		t.Errorf("with a table (-want +got):\n%s", diff)
	}
}
