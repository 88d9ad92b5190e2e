package xtally_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/xtally/xtally"
)

// A vendor's bill made from what the account was charged, so that one which
// differs in nothing, or only in what a test plants, can be held against it.

const billFile = "acme_PriceFactorBillDetail_20261001-20261031_1.csv"

const generatedHeads = "账期,账号,产品类型编码,产品类型,产品,计费模式,使用开始时间,使用结束时间,订单号/交易号,交易时间,账单类型,资源ID," +
	"单价(¥),使用量,使用量单位,套餐内使用量,官网价(¥),优惠金额(¥),抹零金额(¥),应付金额(¥)\n"

// billNames are the products of the items.
var billNames = map[string]string{
	"call": "通话时长", "sms_carrier": "短信(运营商号码)", "sms_virtual": "短信(虚拟运营商号码)",
	"rent_carrier": "号码月租(运营商号码)", "rent_virtual": "号码月租(虚拟运营商号码)", "package": "套餐包",
}

// micro is an amount in millionths of a CNY, so that prices of six decimals
// stay exact.
type micro int64

func (m micro) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%06d", sign, m/1e6, m%1e6)
}

// billRow is one row of a bill; an empty amount is written as --.
type billRow struct {
	item, product, trade, kind, resource string
	from, to                             time.Time
	price, net                           micro
	quantity, packaged                   int64
	official, discount, erased, amount   micro
	noAmount                             bool
}

// settle works the row's amounts out as the vendor does: list price of what no
// package covers, less the discount, cut to the fen.
func (r *billRow) settle() {
	paid := micro(r.quantity - r.packaged)
	r.official = paid * r.price
	r.discount = paid * (r.price - r.net)
	r.erased = paid * r.net % 10_000
	r.amount = r.official - r.discount - r.erased
}

func (r billRow) csv(i int) string {
	const stamp = "2006-01-02 15:04:05 GMT+08:00"
	official, amount := r.official.String(), r.amount.String()
	if r.noAmount {
		official, amount = "--", "--"
	}
	price := r.price.String()
	if r.price < 0 {
		price = "--"
	}
	trade, kind := r.trade, r.kind
	if trade == "" {
		trade = fmt.Sprintf("t-%06d", i)
	}
	if kind == "" {
		kind = "消费-使用"
	}
	resource := r.resource
	if resource == "" {
		resource = "--"
	}
	return strings.Join([]string{
		"2026-10", "acme", "hws.service.type.privatenumber", "隐私保护通话", r.product, "按需", r.from.Format(stamp), r.to.Format(stamp),
		trade, r.to.Format(stamp), kind, resource, price, fmt.Sprint(r.quantity), "个", fmt.Sprint(r.packaged),
		official, r.discount.String(), r.erased.String(), amount,
	}, ",") + "\n"
}

// vendorBill is what the vendor would bill for October as charged: the hours
// of the account, and the packages bought. The database is that of a built Tally.
func vendorBill(t tester, db *sql.DB) []billRow {
	t.Helper()
	result, err := db.Query(`select item, hour_at, cast(price_cny * 1000000 as bigint), cast(net_price_cny * 1000000 as bigint), quantity, package_quantity
		from xtally.settled.hours where month = date '2026-10-01' and quantity > 0
		union all
		select 'package', starts_at, cast(price_cny * 1000000 as bigint), cast(price_cny * 1000000 as bigint), 1, 0
		from xtally.staging.packages where item = 'call' and date_trunc('month', starts_at) = date '2026-10-01'
		order by all`)
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	var bill []billRow
	for result.Next() {
		var r billRow
		if err := result.Scan(&r.item, &r.from, &r.price, &r.net, &r.quantity, &r.packaged); err != nil {
			t.Fatal(err)
		}
		r.product, r.to = billNames[r.item], r.from.Add(time.Hour)
		r.settle()
		bill = append(bill, r)
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	return bill
}

// split makes a row for every number of what an hour holds, by its unit, as a
// bill that names numbers has.
func split(bill []billRow) []billRow {
	var all []billRow
	for _, r := range bill {
		if r.item == "package" {
			all = append(all, r)
			continue
		}
		packaged := r.packaged
		for i := range r.quantity {
			one := r
			one.resource, one.quantity, one.packaged = fmt.Sprintf("+86170%08d", i+1), 1, min(1, packaged)
			packaged -= one.packaged
			one.settle()
			all = append(all, one)
		}
	}
	return all
}

// coarse gives rows no more than their day or their month.
func coarse(bill []billRow, grain string) {
	for i, r := range bill {
		switch day := r.from.Truncate(24 * time.Hour); grain {
		case "day":
			bill[i].from, bill[i].to = day, day.AddDate(0, 0, 1)
		case "month":
			first := day.AddDate(0, 0, 1-day.Day())
			bill[i].from, bill[i].to = first, first.AddDate(0, 1, 0)
		}
	}
}

func billCSV(bill []billRow) string {
	var b strings.Builder
	b.WriteString(generatedHeads)
	for i, r := range bill {
		b.WriteString(r.csv(i))
	}
	return b.String()
}

// watched opens a database in memory beside a handle that looks inside it.
func watched(t tester, opts ...xtally.Option) (*xtally.Tally, *sql.DB) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	tally := mustOpen(t, "", append(opts, xtally.WithDB(db))...)
	if _, err := db.Exec("set threads = 1"); err != nil { // small data: threads only wait for each other
		t.Fatal(err)
	}
	return tally, db
}

func mustLoadBill(t tester, tally *xtally.Tally, paths ...string) []xtally.Bill {
	t.Helper()
	bills, err := tally.LoadBill(context.Background(), paths...)
	if err != nil {
		t.Fatal(err)
	}
	return bills
}
