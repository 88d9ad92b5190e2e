package xtally_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawnHour is an hour of calls, each on a day of its own, and what the
// vendor's bill says otherwise there. Where that needs something in the
// archive, the archive has it.
type drawnHour struct {
	day     int
	minutes []int // of its calls
	plant   string
}

// callPlants and smsPlants are what a bill can say otherwise of an hour.
var (
	callPlants = []string{"", "missing", "missing, with events", "extra", "price", "discount", "erased", "duplicate", "refund",
		"adjustment", "next hour", "zero seconds", "other version", "no amount", "arithmetic", "no name", "package"}
	smsPlants  = []string{"", "parts", "kind"}
	rentPlants = []string{"", "one more", "one less"}
)

// told is what the reconciliation says for a reason of an item.
type told struct {
	Quantity int64
	Diff     micro
}

// planted is a bill with differences and what they come to.
type planted struct {
	bill []billRow
	want map[string]told // by item and reason
}

func (p *planted) tell(item, reason string, quantity int64, diff micro) {
	key := item + " " + reason
	p.want[key] = told{p.want[key].Quantity + quantity, p.want[key].Diff + diff}
}

// units changes a row's quantity and tells it under a reason. What a package
// covers on both sides costs nothing.
func (p *planted) units(r *billRow, units int64, reason string) {
	was := r.packaged
	r.quantity += units
	r.packaged = min(r.packaged, r.quantity)
	r.settle()
	p.tell(r.item, reason, units, micro(units-(r.packaged-was))*r.net)
}

// plant changes the bill's row of an hour.
func (p *planted) plant(i int, what string) {
	r := &p.bill[i]
	switch what {
	case "missing", "missing, with events":
		p.units(r, 2, "cdr_missing")
	case "extra":
		p.units(r, -1, "extra_here")
	case "zero seconds":
		p.units(r, 1, "zero_second_call")
	case "other version":
		p.units(r, -1, "conflict_version")
	case "next hour":
		next := *r
		next.quantity, next.packaged = 1, 0
		next.from, next.to = r.to, r.to.Add(time.Hour)
		next.settle()
		p.tell(r.item, "hour_border", 1, r.net)
		p.units(r, -1, "hour_border")
		p.bill = append(p.bill, next)
	case "price":
		const more = 10_000
		p.tell(r.item, "price", 0, micro(r.quantity-r.packaged)*more)
		r.price, r.net = r.price+more, r.net+more
		r.settle()
	case "discount":
		const less = 3_000
		p.tell(r.item, "discount", 0, -micro(r.quantity-r.packaged)*less)
		r.net -= less
		r.settle()
	case "erased":
		if r.amount > 0 { // nothing is cut from nothing
			r.erased += 4_000
			r.amount -= 4_000
		}
	case "arithmetic":
		r.amount += 500_000
		p.tell(r.item, "bill_arithmetic", 0, 500_000)
	case "no amount":
		p.tell(r.item, "amount_missing", 0, -r.amount)
		r.noAmount = true
	case "package":
		p.tell(r.item, "package_timing", -r.packaged, micro(r.packaged)*r.net)
		r.packaged = 0
		r.settle()
	case "no name":
		p.tell(r.item, "unmapped_row", -r.quantity, -micro(r.quantity-r.packaged)*r.net)
		p.tell("unmapped", "unmapped_row", r.quantity, r.amount)
		r.item, r.product = "unmapped", "其他"
	case "duplicate":
		r.trade = fmt.Sprintf("twice-%d", i)
		p.tell(r.item, "duplicate_row", r.quantity, r.amount)
		p.bill = append(p.bill, *r)
	case "refund", "adjustment":
		back := *r
		back.kind = map[string]string{"refund": "退款-退订", "adjustment": "调账"}[what]
		back.quantity, back.packaged, back.official, back.discount, back.erased, back.amount = 0, 0, -2_340_000, 0, 0, -2_340_000
		p.tell(r.item, what, 0, -2_340_000)
		p.bill = append(p.bill, back)
	case "parts":
		p.units(r, 1, "sms_parts")
	case "one more":
		p.units(r, 1, "rent_numbers")
	case "one less":
		p.units(r, -1, "rent_numbers")
	}
}

// cut tells the fractions of a fen that bill and charges cut otherwise, given
// what the charges cut.
func (p *planted) cut(ours map[string]micro) {
	billed, seen := map[string]micro{}, map[string]bool{}
	for _, r := range p.bill {
		if r.trade == "" || !seen[r.trade] { // of a repeat all is told under its own reason
			billed[r.item] += r.erased
		}
		seen[r.trade] = true
	}
	for item, cut := range ours {
		p.tell(item, "cutting", 0, cut-billed[item])
	}
	maps.DeleteFunc(p.want, func(_ string, w told) bool { return w == told{} })
}

// archiveOf is the archive of the hours, with all that their plants need.
func archiveOf(hours []drawnHour) string {
	var b strings.Builder
	for _, h := range hours {
		from := time.Date(2026, time.October, h.day, 2, 0, 0, 0, time.UTC)
		call := func(id string, seconds int) {
			b.WriteString(feeBody(fmt.Sprintf(`{"appKey":"app-a","icid":%q,"sessionId":%[1]q,"bindNum":"+8617000000001","serviceType":"004","fwdAnswerTime":%q,"callEndTime":%q,"ulFailReason":0}`,
				id, from.Format(time.DateTime), from.Add(time.Duration(seconds)*time.Second).Format(time.DateTime))))
		}
		for i, m := range h.minutes {
			call(fmt.Sprintf("c-%d-%d", h.day, i), 60*m-10)
		}
		switch h.plant {
		case "zero seconds":
			call(fmt.Sprintf("zero-%d", h.day), 0)
		case "other version":
			call(fmt.Sprintf("twice-%d", h.day), 50)
			call(fmt.Sprintf("twice-%d", h.day), 110)
		case "missing, with events":
			for event, at := range map[string]time.Time{"answer": from, "disconnect": from.Add(110 * time.Second)} {
				fmt.Fprintf(&b, `{"eventType":%q,"statusInfo":{"sessionId":"lost-%d","timestamp":%q}}`+"\n", event, h.day, at.Format(time.DateTime))
			}
		}
	}
	for _, x := range []string{"+8617000000001", "+8618600000001"} {
		fmt.Fprintf(&b, `{"appKey":"app-a","smsEvent":{"smsIdentifier":"m%[1]s","notificationMode":"Notify","virtualNumber":%[1]q,"timeStamp":"2026-10-05T02:10:00Z","extInfo":{"extParas":[{"key":"splitNum","value":"3"}]},"sendResult":0}}`+"\n", x)
	}
	return b.String()
}

// reconciled loads an archive and a bill made of what it is charged, changed
// by change, and returns what the reconciliation says of it.
func reconciled(t tester, tables map[string]string, archive string, change func(bill []billRow, cut map[string]micro) []billRow) (got map[string]told, statuses []string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "xtally-reconciled-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	tally, db := watched(t)
	defer tally.Close()
	mustLoadTables(t, tally, writeTables(t, dir, tables))
	mustWrite(t, filepath.Join(dir, "in", "a.ndjson"), []byte(archive))
	mustLoad(t, tally, filepath.Join(dir, "in"))
	mustBuild(t, tally)
	bill := vendorBill(t, db)
	cut := map[string]micro{}
	for _, r := range bill {
		cut[r.item] += r.erased
	}
	mustWrite(t, filepath.Join(dir, "bill", billFile), []byte(billCSV(change(bill, cut))))
	mustLoadBill(t, tally, filepath.Join(dir, "bill"))
	mustBuild(t, tally)

	result, err := db.Query("select item || ' ' || reason, cast(quantity as bigint), cast(diff_cny * 1000000 as bigint) from xtally.marts.reconciliation_reasons")
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	got = map[string]told{}
	for result.Next() {
		var key string
		var one told
		if err := result.Scan(&key, &one.Quantity, &one.Diff); err != nil {
			t.Fatal(err)
		}
		if one != (told{}) { // an hour that another one cancels
			got[key] = one
		}
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	r, err := tally.Reconcile(context.Background(), october)
	if err != nil {
		t.Fatal(err)
	}
	if !r.HasBill || !r.IsFinal {
		t.Fatalf("the bill is not in force: %+v", r)
	}
	var sum micro
	for _, one := range got {
		sum += one.Diff
	}
	if micros(t, r.DiffCNY) != sum || micros(t, r.BillCNY)-micros(t, r.OursCNY) != sum {
		t.Fatalf("bill %s, ours %s, difference %s; the reasons come to %s", r.BillCNY, r.OursCNY, r.DiffCNY, sum)
	}
	return got, rows(t, db, "select item, status from xtally.marts.reconciliation where status not in ('matched') order by item")
}

// micros reads decimal text.
func micros(t tester, text string) micro {
	t.Helper()
	whole, fraction, _ := strings.Cut(text, ".")
	m, err := strconv.ParseInt(whole+(fraction + "000000")[:6], 10, 64)
	if err != nil {
		t.Fatalf("amount %q: %v", text, err)
	}
	return micro(m)
}

// TestPlantedDifferencesAreFound: whatever mix of differences is planted in a
// bill, each is found under its reason with its amount, the reasons add up to
// the difference, and nothing is left unexplained.
func TestPlantedDifferencesAreFound(t *testing.T) {
	unraced(t)
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		tables := map[string]string{}
		if rapid.Bool().Draw(r, "discount") {
			tables["prices"] = "item,price_cny,discount\ncall,0.06,0.85\n"
		}
		if n := rapid.IntRange(0, 30).Draw(r, "package minutes"); n > 0 {
			tables["packages"] = fmt.Sprintf("package_id,minutes,sms,price_cny,valid_from\np-1,%d,2,38,2026-10-01\n", n)
		}
		grain := rapid.SampledFrom([]string{"hour", "hour", "day"}).Draw(r, "grain")
		plants := callPlants
		if grain == "day" {
			plants = slices.DeleteFunc(slices.Clone(plants), func(p string) bool { return p == "next hour" })
		}
		var hours []drawnHour
		for day := range rapid.IntRange(1, 8).Draw(r, "hours") {
			hours = append(hours, drawnHour{
				day + 1,
				rapid.SliceOfN(rapid.IntRange(1, 5), 2, 4).Draw(r, "minutes"),
				rapid.SampledFrom(plants).Draw(r, "plant"),
			})
		}
		sms := rapid.SampledFrom(smsPlants).Draw(r, "sms")
		rent := rapid.SampledFrom(rentPlants).Draw(r, "rent")
		p := planted{want: map[string]told{}}
		got, _ := reconciled(r, tables, archiveOf(hours), func(bill []billRow, cut map[string]micro) []billRow {
			p.bill = bill
			for i, row := range bill {
				switch {
				case row.item == "call":
					p.plant(i, hours[row.from.Day()-1].plant)
				case row.item == "sms_virtual" && sms == "parts":
					p.plant(i, sms)
				case row.item == "sms_virtual" && sms == "kind":
					p.units(&p.bill[i], 1, "number_kind")
				case row.item == "sms_carrier" && sms == "kind":
					p.units(&p.bill[i], -1, "number_kind")
				case row.item == "rent_virtual":
					p.plant(i, rent)
				}
			}
			p.cut(cut)
			coarse(p.bill, grain)
			return p.bill
		})
		if diff := cmp.Diff(p.want, got); diff != "" {
			r.Errorf("reasons (-planted +found):\n%s", diff)
		}
	})
}

// TestNothingPlanted: a bill that says what is charged differs in nothing, in
// whatever form it comes.
func TestNothingPlanted(t *testing.T) {
	unraced(t)
	t.Parallel()
	const packages = "package_id,minutes,sms,price_cny,valid_from\np-1,7,2,38,2026-10-01\n"
	hours := []drawnHour{{2, []int{3, 1}, ""}, {3, []int{5}, ""}, {31, []int{2, 2}, ""}}
	grain := func(name string) func([]billRow) []billRow {
		return func(bill []billRow) []billRow { coarse(bill, name); return bill }
	}
	for name, tt := range map[string]struct {
		prices string
		form   func([]billRow) []billRow
	}{
		"by the hour":              {"item,price_cny,discount\ncall,0.06,0.85\n", grain("hour")},
		"by the day":               {"item,price_cny,discount\ncall,0.06,0.85\n", grain("day")},
		"by the month":             {"item,price_cny,discount\ncall,0.06,0.85\n", grain("month")},
		"by number and hour":       {"item,price_cny\ncall,0.06\n", split},
		"two prices in a month":    {"item,price_cny,discount,valid_from,valid_to\ncall,0.06,0.85,2026-01-01,2026-10-03\ncall,0.05,0.9,2026-10-03,\n", grain("month")},
		"a discount half a month":  {"item,price_cny,discount,valid_from,valid_to\ncall,0.06,0.85,2026-10-03,\n", grain("month")},
		"prices after discount":    {"item,price_cny,discount\ncall,0.06,0.85\n", afterDiscount},
		"amounts alone":            {"item,price_cny,discount\ncall,0.06,0.85\n", amountsAlone},
		"amounts alone, by months": {"item,price_cny\ncall,0.06\n", func(b []billRow) []billRow { return amountsAlone(grain("month")(b)) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, statuses := reconciled(t, map[string]string{"packages": packages, "prices": tt.prices}, archiveOf(hours),
				func(bill []billRow, _ map[string]micro) []billRow { return tt.form(bill) })
			if len(got) > 0 || len(statuses) > 0 {
				t.Errorf("reasons %v, statuses %v; want none", got, statuses)
			}
		})
	}
}

// afterDiscount is a bill whose prices are those after the discount.
func afterDiscount(bill []billRow) []billRow {
	for i := range bill {
		bill[i].price, bill[i].official, bill[i].discount = bill[i].net, bill[i].official-bill[i].discount, 0
	}
	return bill
}

// amountsAlone is a bill that tells neither prices nor what was cut.
func amountsAlone(bill []billRow) []billRow {
	for i := range bill {
		bill[i].price, bill[i].official, bill[i].discount, bill[i].erased = -1, bill[i].amount, 0, 0
	}
	return bill
}
