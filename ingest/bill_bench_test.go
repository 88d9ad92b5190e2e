package ingest

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// usageHeadings is the header of a usage detail bill, in the vendor's order.
const usageHeadings = "账期,企业项目,企业项目ID,账号,产品类型编码,产品类型,产品编码,产品ID,产品,计费模式,消费时间,使用开始时间,使用结束时间," +
	"订单号/交易号,交易时间,账单类型,资源ID,资源名称,资源标签,SKU编码,规格,区域编码,区域,可用区,使用量类型编码,单价(¥),单价单位,使用量,使用量单位," +
	"套餐内使用量,预留实例内使用量,官网价(¥),优惠金额(¥),应付金额(¥),现金支付(¥),信用额度支付(¥),代金券抵扣(¥),现金券抵扣(¥),储值卡抵扣(¥)," +
	"欠费金额(¥),已核销金额(¥),优惠类型,优惠信息,订单类型,订单数量,订单周期数,订单周期单位,RI购买小时数,退订原因,退订手续费(¥),原订单号,是否竞价实例\n"

// writeUsage writes a usage detail bill with a row per X number and hour of
// October 2026, until there are enough.
func writeUsage(tb testing.TB, path string, rows int) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(f)
	w.WriteString("\ufeff" + usageHeadings)
	start := time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		from := start.Add(time.Duration(i%744) * time.Hour)
		span := [2]string{from.Format(time.DateTime) + " GMT+08:00", from.Add(time.Hour).Format(time.DateTime) + " GMT+08:00"}
		minutes := i%7 + 1
		amount := fmt.Sprintf("%d.%02d", minutes*6/100, minutes*6%100)
		fmt.Fprintf(w, "2026-10,default,0,acme,hws.service.type.privatenumber,隐私保护通话,--,--,通话时长,按需,%s-%s,%s,%s,%032x,%s,消费-使用,+86170%08d,--,--,--,--,--,--,--,call,0.06,元/分钟,%d,分钟,0,0,%s,0,%s,%s,0,0,0,0,0,0,--,--,--,--,--,--,--,--,--,--,--\n",
			span[0], span[1], span[0], span[1], i, span[1], i/744, minutes, amount, amount, amount)
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkLoadBill loads a bill of XTALLY_BENCH_BILL_ROWS rows (20,000).
func BenchmarkLoadBill(b *testing.B) {
	rows := 20000
	if n, err := strconv.Atoi(os.Getenv("XTALLY_BENCH_BILL_ROWS")); err == nil {
		rows = n
	}
	path := filepath.Join(b.TempDir(), "acme_PriceFactorBillDetail_20261001-20261031_1.csv")
	writeUsage(b, path, rows)
	for b.Loop() {
		b.StopTimer()
		conn := openRaw(b)
		b.StartTimer()
		if _, err := LoadBill(b.Context(), conn, []string{path}, Options{SQL: testModels, TempDir: b.TempDir(), Now: time.Now}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
