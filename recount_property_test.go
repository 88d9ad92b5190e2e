package xtally_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestRecount holds the database against the second opinion, on random
// accounts: minutes call by call, the packages' minutes hour by hour, the
// charge of each hour to the fen, rent number by number, and the shares of
// apps and X numbers under both rules.
func TestRecount(t *testing.T) {
	unraced(t)
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		d := drawAccount(r)
		db := d.build(r, [][][]string{{d.lines}}, 0, false)
		rule := d.rules.SplitRule
		for name, got := range map[string][2][]string{
			"calls":    {d.calls(), sortedTexts(r, db, callsSQL)},
			"packages": {d.packages(), sortedTexts(r, db, packagesSQL)},
			"rents":    {d.rentRows(), sortedTexts(r, db, rentsSQL)},
			"hours":    {hourRows(d.settle(rule)), sortedTexts(r, db, hoursSQL)},
			"days":     {d.dayRows(d.settle(rule)), sortedTexts(r, db, daysSQL)},
			"details":  {detailRows(d.settle(rule)), sortedTexts(r, db, detailsSQL)},
		} {
			if diff := gocmp.Diff(got[0], got[1]); diff != "" {
				r.Errorf("%s (-recount +database):\n%s", name, diff)
			}
		}
		// Of hours that need no split the database keeps no shares.
		for _, rule := range []string{"proportional", "first_come"} {
			recount := map[string]bool{}
			for _, row := range shareRows(d.settle(rule)) {
				recount[row] = true
			}
			for _, row := range sortedTexts(r, db, strings.ReplaceAll(sharesSQL, "RULE", rule)) {
				if !recount[row] {
					r.Errorf("%s: the database shares %s, the recount does not", rule, row)
				}
			}
		}
	})
}

const (
	callsSQL = `select concat_ws(' ', records.icid, rated.billed_min, rated.is_answered, rated.hour_at)
		from rated.calls as rated inner join calls.calls as calls on rated.call_id = calls.call_id
		inner join staging.fee_records as records
			on calls.file_id = records.file_id and calls.body_no = records.body_no and calls.record_no = records.record_no`
	packagesSQL = `select concat_ws(' ', package_id, item, hour_at, drawn_quantity) from drawn.package_hours`
	rentsSQL    = `select concat_ws(' ', month, x_number, app_key, item, cast(net_price_cny * 10000000000 as bigint), hour_at) from metered.rents`
	hoursSQL    = `select concat_ws(' ', hour_at, item, price_line, quantity, package_quantity,
			cast(charge_cny * 100 as bigint), cast(residue_cny * 10000000000 as bigint))
		from settled.hours where quantity > 0`
	daysSQL = `select concat_ws(' ', date, app_key, x_number, mode, call_count, billed_min, package_min,
			cast(call_charge_cny * 100 as bigint), sms_count, package_sms_count, cast(sms_charge_cny * 100 as bigint), cast(rent_cny * 100 as bigint))
		from summed.daily_charges where call_count + sms_count + rent_cny > 0 or mode = 'RENT'`
	sharesSQL = `select concat_ws(' ', hour_at, item, price_line, app_key, x_number, mode, quantity, package_quantity, cast(charge_cny * 100 as bigint))
		from allocated.shares where split_rule in ('any', 'RULE')`
	detailsSQL = `select concat_ws(' ', rated.hour_at, detail.app_key, detail.x_number, detail.mode,
			sum(detail.billed_min), sum(detail.package_min), cast(sum(detail.call_charge_cny) * 100 as bigint))
		from marts.calls as detail inner join rated.calls as rated on detail.call_id = call_text(rated.call_id)
		where detail.call_charge_cny >= 0 and detail.package_min between 0 and detail.billed_min
		group by rated.hour_at, detail.app_key, detail.x_number, detail.mode having sum(detail.billed_min) > 0`
)

// sortedTexts returns the one column of a query, sorted.
func sortedTexts(t tester, db *sql.DB, query string) []string {
	t.Helper()
	all := texts(t, db, query)
	slices.Sort(all)
	return all
}

func sorted(all []string) []string {
	slices.Sort(all)
	return append([]string{}, all...) // not nil
}

func (d drawn) calls() []string {
	var all []string
	for _, u := range d.usage {
		if u.item == "call" {
			all = append(all, fmt.Sprint(u.id, " ", u.quantity, " ", u.answered, " ", u.hour().Format(time.DateTime)))
		}
	}
	return sorted(all)
}

func (d drawn) packages() []string {
	var all []string
	for key, n := range d.draws() {
		all = append(all, fmt.Sprint(strings.TrimSpace(key), " ", n))
	}
	return sorted(all)
}

func (d drawn) rentRows() []string {
	var all []string
	for _, u := range d.rents() {
		all = append(all, fmt.Sprint(u.month().Format(time.DateOnly), " ", u.x, " ", u.app, " ", u.item, " ", d.priceOf(u).net(), " ", u.at.Format(time.DateTime)))
	}
	return sorted(all)
}

func hourRows(all []settled) []string {
	var rows []string
	for _, s := range all {
		if s.quantity > 0 {
			rows = append(rows, fmt.Sprint(s.hour.Format(time.DateTime), " ", s.item, " ", s.price.line, " ", s.quantity, " ", s.fromPackage, " ", s.amount, " ", s.residue))
		}
	}
	return sorted(rows)
}

func shareRows(all []settled) []string {
	var rows []string
	for _, s := range all {
		for _, p := range s.parts {
			if p.quantity > 0 {
				rows = append(rows, fmt.Sprint(s.hour.Format(time.DateTime), " ", s.item, " ", s.price.line, " ", p.app, " ", p.x, " ", p.mode, " ", p.quantity, " ", p.fromPackage, " ", p.amount))
			}
		}
	}
	return rows
}

func detailRows(all []settled) []string {
	var rows []string
	for _, s := range all {
		for _, p := range s.parts {
			if s.item == "call" && p.quantity > 0 {
				rows = append(rows, fmt.Sprint(s.hour.Format(time.DateTime), " ", p.app, " ", p.x, " ", p.mode, " ", p.quantity, " ", p.fromPackage, " ", p.amount))
			}
		}
	}
	return sorted(rows)
}

// dayRows sums up the parts by day.
func (d drawn) dayRows(all []settled) []string {
	sums := map[string]*[8]int64{}
	for _, s := range all {
		for _, p := range s.parts {
			key := fmt.Sprint(s.hour.Format(time.DateOnly), " ", p.app, " ", p.x, " ", p.mode)
			if sums[key] == nil {
				sums[key] = &[8]int64{}
			}
			values := [8]int64{int64(len(p.units)), p.quantity, p.fromPackage, p.amount}
			switch {
			case p.mode == "SMS":
				values = [8]int64{4: p.quantity, 5: p.fromPackage, 6: p.amount}
			case p.mode == "RENT":
				values = [8]int64{7: p.amount}
			}
			for i, v := range values {
				sums[key][i] += v
			}
		}
	}
	var rows []string
	for key, v := range sums {
		rows = append(rows, strings.TrimSuffix(key+" "+joined(v[:]), " "))
	}
	return sorted(rows)
}

// drawn is an account with the archive that delivers it.
type drawn struct {
	archive
	account
	lines []string
}

var (
	theApps    = []string{"app-a", "app-b", "app-c"}
	theNumbers = []string{"+8617000000001", "+8617000000002", "+8618600000001", "+8618600000002"}
	theHours   = []string{"2026-09-30 22:00:00", "2026-09-30 23:00:00", "2026-10-01 00:00:00", "2026-10-01 09:00:00", "2026-10-31 23:00:00", "2026-11-01 00:00:00"}
	theModes   = map[string]string{"AX": "003", "AXB": "004", "AXE": "005"}
)

// clock reads Beijing wall clock.
func clock(text string) time.Time {
	t, err := time.Parse(time.DateTime, text)
	if err != nil {
		panic(err)
	}
	return t
}

func drawAccount(r *rapid.T) drawn {
	d := drawn{archive: archive{tables: map[string]string{}}}
	d.rules.SplitRule = rapid.SampledFrom([]string{"proportional", "first_come"}).Draw(r, "split rule")
	d.rules.SettleBy = rapid.SampledFrom([]string{"end", "answer"}).Draw(r, "settled by")
	d.drawPrices(r)
	d.drawPackages(r)
	d.drawNumbers(r)
	hours := rapid.SliceOfN(rapid.SampledFrom(theHours), 1, 4).Draw(r, "hours") // few, so that they fill
	for i := range rapid.IntRange(1, 30).Draw(r, "calls and messages") {
		d.drawUsage(r, i, clock(rapid.SampledFrom(hours).Draw(r, "hour")))
	}
	return d
}

// drawUsage draws a call or a message. No two happen in the same second, so
// that first come is never a tie.
func (d *drawn) drawUsage(r *rapid.T, i int, hour time.Time) {
	at := hour.Add(time.Duration(i*101) * time.Second)
	u := usage{id: fmt.Sprintf("u-%02d", i), app: rapid.SampledFrom(theApps).Draw(r, "app"), x: rapid.SampledFrom(theNumbers).Draw(r, "x"), at: at, known: at}
	u.kind = guessedKind(u.x)
	for _, n := range d.numbers {
		if n.x == u.x {
			u.kind = n.kind
		}
	}
	utc := func(t time.Time) string { return t.Add(-8 * time.Hour).Format(time.DateTime) }
	if rapid.IntRange(0, 3).Draw(r, "kind") == 0 {
		result, n := rapid.SampledFrom([]int{0, 0, 9, 2}).Draw(r, "result"), rapid.IntRange(1, 4).Draw(r, "parts")
		d.lines = append(d.lines, fmt.Sprintf(`{"appKey":%q,"smsEvent":{"smsIdentifier":%q,"notificationMode":"Notify","virtualNumber":%q,"timeStamp":%q,"sendResult":%d,"extInfo":{"extParas":[{"key":"splitNum","value":"%d"}]}}}`+"\n",
			u.app, u.id, u.x, strings.Replace(utc(at), " ", "T", 1)+"Z", result, n))
		u.item, u.mode, u.charged = "sms_"+u.kind, "SMS", result != 2
		if u.charged {
			u.quantity = int64(n)
		}
		d.usage = append(d.usage, u)
		return
	}
	u.item, u.charged = "call", true
	u.mode = rapid.SampledFrom([]string{"AX", "AXB", "AXE"}).Draw(r, "mode")
	members := fmt.Sprintf(`"appKey":%q,"icid":%q,"bindNum":%q,"serviceType":%q,"callEndTime":%q,"ulFailReason":0`, u.app, u.id, u.x, theModes[u.mode], utc(at))
	if seconds := rapid.SampledFrom([]int{-1, 0, 1, 59, 60, 61, 119, 120, 600}).Draw(r, "seconds"); seconds >= 0 {
		answer := at.Add(-time.Duration(seconds) * time.Second)
		members += fmt.Sprintf(`,"fwdAnswerTime":%q`, utc(answer))
		u.answered, u.quantity = true, int64((seconds+59)/60)
		if d.rules.SettleBy == "answer" {
			u.at = answer
		}
	}
	d.lines = append(d.lines, feeBody("{"+members+"}"))
	d.usage = append(d.usage, u)
}

// drawPrices draws rows of a price table over the list.
func (d *drawn) drawPrices(r *rapid.T) {
	always, never := clock("1970-01-01 00:00:00"), clock("2100-01-01 00:00:00")
	d.prices = []price{
		{0, "call", "", "", "", 60_000, 10_000, always, never},
		{0, "sms", "carrier", "", "", 270_000, 10_000, always, never},
		{0, "sms", "virtual", "", "", 280_000, 10_000, always, never},
		{0, "rent", "carrier", "", "", 15_000_000, 10_000, always, never},
		{0, "rent", "virtual", "", "", 5_000_000, 10_000, always, never},
	}
	var table string
	for _, p := range rapid.SliceOfNDistinct(rapid.SampledFrom([]price{
		{0, "call", "", "", "", 60_000, 8_500, always, never},
		{0, "call", "", "", "AXE", 50_000, 10_000, always, never},
		{0, "call", "virtual", "", "", 43_210, 9_999, always, clock("2026-10-01 09:00:00")},
		{0, "call", "", "app-b", "", 61_234, 5_001, clock("2026-10-01 00:00:00"), never},
		{0, "call", "carrier", "app-c", "AXB", 20_000, 10_000, always, never},
		{0, "sms", "", "", "", 123_456, 7_000, always, never},
		{0, "sms", "", "app-a", "", 250_000, 10_000, clock("2026-10-01 00:00:00"), never},
		{0, "rent", "virtual", "", "", 5_000_000, 3_333, always, never},
		{0, "rent", "", "app-b", "", 7_777_777, 10_000, always, never},
	}), 0, 5, rapid.ID[price]).Draw(r, "prices") {
		p.line = strings.Count(table, "\n") + 2
		table += fmt.Sprintf("%s,%s,%s,%s,%s,%s,%d.%06d,%d.%04d\n", p.item, p.kind, p.app, p.mode,
			p.from.Format(time.DateTime), p.to.Format(time.DateTime), p.microCNY/1_000_000, p.microCNY%1_000_000, p.discount/10_000, p.discount%10_000)
		d.prices = append(d.prices, p)
	}
	if table != "" {
		table = strings.NewReplacer("1970-01-01 00:00:00", "", "2100-01-01 00:00:00", "").Replace(table)
		d.tables["prices"] = "item,number_kind,app_key,mode,valid_from,valid_to,price_cny,discount\n" + table
	}
}

// drawPackages draws some packages that begin and end around the calls.
func (d *drawn) drawPackages(r *rapid.T) {
	var table string
	for i := range rapid.SampledFrom([]int{0, 1, 3, 4}).Draw(r, "packages") {
		id := fmt.Sprintf("p-%d", i)
		minutes, messages := rapid.IntRange(0, 12).Draw(r, "minutes"), rapid.IntRange(1, 4).Draw(r, "messages")
		from := rapid.SampledFrom([]string{"2026-09-30 22:30:00", "2026-09-30 23:00:00", "2026-10-01 09:00:00"}).Draw(r, "from")
		to := rapid.SampledFrom([]string{"2026-10-01 09:00:00", "2026-10-31 23:30:00", "2026-11-01 00:00:00", "2027-10-01 00:00:00"}).Draw(r, "to")
		if to == from {
			to = "2027-10-01 00:00:00"
		}
		table += fmt.Sprintf("%s,%d,%d,38,%s,%s\n", id, minutes, messages, from, to)
		d.packs = append(d.packs, pack{id, "call", int64(minutes), clock(from), clock(to)}, pack{id, "sms_virtual", int64(messages), clock(from), clock(to)})
	}
	if table != "" {
		d.tables["packages"] = "package_id,minutes,sms,price_cny,valid_from,valid_to\n" + table
	}
}

// drawNumbers draws a number table that lacks some numbers and holds idle ones.
func (d *drawn) drawNumbers(r *rapid.T) {
	day := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		return clock(text + " 00:00:00")
	}
	var table string
	for _, x := range rapid.SliceOfNDistinct(rapid.SampledFrom(append([]string{"+8617000000009"}, theNumbers...)), 0, 4, rapid.ID[string]).Draw(r, "listed") {
		kind := rapid.SampledFrom([]string{"carrier", "virtual"}).Draw(r, "kind")
		app := rapid.SampledFrom([]string{"", "app-a", "app-z"}).Draw(r, "app")
		issued := rapid.SampledFrom([]string{"", "2026-08-01", "2026-09-30", "2026-10-01"}).Draw(r, "issued")
		returned := rapid.SampledFrom([]string{"", "2026-10-01", "2026-10-25", "2026-10-26", "2026-12-31"}).Draw(r, "returned")
		table += fmt.Sprintf("%s,%s,%s,%s,%s\n", x, kind, app, issued, returned)
		d.numbers = append(d.numbers, held{x, kind, app, day(issued), day(returned)})
	}
	if table != "" {
		d.tables["numbers"] = "x_number,kind,app_key,issued_date,returned_date\n" + table
	}
}

// TestChargeIsMonotone: another package never makes an account pay more beside
// its own price, and another second never makes it pay less. (With several
// prices in one hour neither is so: a package's minutes go by minutes, and a
// dear call may lose one to a cheap one.)
func TestChargeIsMonotone(t *testing.T) {
	unraced(t)
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		d := drawAccount(r)
		delete(d.tables, "prices")
		if rapid.Bool().Draw(r, "discount") {
			d.tables["prices"] = "item,price_cny,discount\ncall,0.06,0.85\n"
		}
		d.rules.SettleBy = "end" // or a second more would change the hour
		before := d.total(r, d.lines)
		if rapid.Bool().Draw(r, "longer calls, not a package") {
			if after := d.total(r, longer(r, d.lines)); after < before {
				r.Errorf("%d fen, %d after some calls took a second more", before, after)
			}
			return
		}
		if d.tables["packages"] == "" {
			d.tables["packages"] = "package_id,minutes,sms,price_cny,valid_from,valid_to\n"
		}
		d.tables["packages"] += "p-9,7,2,38,2026-09-30 23:00," + rapid.SampledFrom([]string{"2026-10-01 09:30", "2026-12-01"}).Draw(r, "p-9 ends") + "\n"
		if after := d.total(r, d.lines); after > before {
			r.Errorf("%d fen, %d with a package more", before, after)
		}
	})
}

// longer has some of the calls answered a second earlier.
func longer(r *rapid.T, lines []string) []string {
	lines = slices.Clone(lines)
	for i, line := range lines {
		const member = `"fwdAnswerTime":"`
		if answer := between(line, member, `"`); answer != "" && rapid.Bool().Draw(r, "longer") {
			lines[i] = strings.Replace(line, member+answer, member+clock(answer).Add(-time.Second).Format(time.DateTime), 1)
		}
	}
	return lines
}

// total is what the account pays for all months, in fen.
func (d drawn) total(r *rapid.T, lines []string) int64 {
	db := d.build(r, [][][]string{{lines}}, 0, false)
	var total int64
	if err := db.QueryRow("select cast(sum(total_cny) * 100 as bigint) from marts.charges_by_app").Scan(&total); err != nil {
		r.Fatal(err)
	}
	return total
}

// between returns what stands between two marks, empty without them.
func between(text, from, to string) string {
	_, rest, ok := strings.Cut(text, from)
	inner, _, _ := strings.Cut(rest, to)
	if !ok {
		return ""
	}
	return inner
}
