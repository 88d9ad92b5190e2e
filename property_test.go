package xtally_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xtally/xtally"
)

// The properties hold for any archive, so they run over random small ones. An
// archive is a set of records; a layout is one way to deliver it: how often
// each record comes, in which bodies and files, in which order, in how many
// rounds of Load and Build. No layout may change a figure.

// Each archive costs a few databases, so 2 are drawn unless the command line
// asks for more: go test -run Layout -rapid.checks=200.
func init() {
	flag.Set("rapid.checks", "2")
	flag.Set("rapid.nofailfile", "true") // the seed that is printed is enough
}

// propertyReports are compared; the columns that name a place in an archive,
// which a layout may change, are left out.
var propertyReports = map[string]string{
	"charges_by_app":          "",
	"charges_by_x_number":     "",
	"charges_by_app_x_number": "",
	"charges_by_mode":         "",
	"charges_by_day":          "",
	"charges_by_hour":         "",
	"calls_by_release_code":   "",
	"calls_by_q850":           "",
	"calls_by_sip":            "",
	"call_quality":            "",
	"recordings":              "",
	"sms_by_x_number":         "",
	"packages":                "",
	"package_costs":           "",
	"package_advice":          "",
	"split_rules":             "",
	"numbers":                 "",
	"idle_numbers":            "",
	"complaints":              "",
	"complaints_by_x_number":  "",
	"alerts":                  "",
	"conflicts":               "kept_file, kept_line",
	"calls":                   "file, line",
}

// TestLayoutIsWithoutEffect: any delivery of the same records gives the same
// rows as the plainest one, and so does a rebuild after it.
func TestLayoutIsWithoutEffect(t *testing.T) {
	unraced(t)
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		a := drawArchive(r)
		layout := a.drawLayout(r)
		want := reportRows(r, a.build(r, a.plain(), 0, false))
		tablesIn := rapid.IntRange(0, len(layout)-1).Draw(r, "round that brings the tables")
		got := reportRows(r, a.build(r, layout, tablesIn, rapid.Bool().Draw(r, "rebuild at the end")))
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatalf("layout %q (-plain +layout):\n%s", layout, diff)
		}
	})
}

// TestPartIsAsGoodAsWhole: a build that makes only what changed of a month leaves every
// relation as a build of everything does, but for the numbers given to routes.
func TestPartIsAsGoodAsWhole(t *testing.T) {
	unraced(t)
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		a := drawArchive(r)
		layout := a.drawLayout(r)
		tablesIn := rapid.IntRange(0, len(layout)-1).Draw(r, "round that brings the tables")
		db := a.build(r, layout, tablesIn, false)
		relations := texts(r, db, "select columns_of from ("+storedRelations+") order by 1")
		path := texts(r, db, "select path from duckdb_databases() where database_name = current_database()")[0]
		part := map[string][]string{}
		for _, relation := range relations {
			part[relation] = rows(r, db, "select "+relation+" order by all")
		}
		if err := db.Close(); err != nil {
			r.Fatal(err)
		}
		tally := mustOpen(r, path, xtally.WithRules(a.rules))
		if _, err := tally.Rebuild(context.Background()); err != nil {
			r.Fatal(err)
		}
		db = closeAndLook(r, tally, path)
		for _, relation := range relations {
			if diff := cmp.Diff(rows(r, db, "select "+relation+" order by all"), part[relation]); diff != "" {
				r.Errorf("%s of layout %q (-whole +part):\n%s", relation, layout, diff)
			}
		}
	})
}

// storedRelations are the columns and names of what a build makes.
const storedRelations = `select string_agg('"' || column_name || '"', ', ' order by column_index) || ' from ' || schema_name || '.' || table_name as columns_of
	from duckdb_columns()
	where database_name = current_database() and schema_name not in ('raw', 'seeds', 'staging', 'main', 'information_schema', 'pg_catalog')
		and column_name not in ('route_no', 'class_no', 'app_no')
	group by schema_name, table_name`

// TestFiguresAddUp: every split of the charges has the same sums, and records
// read = calls + duplicates + conflict losers + rejects.
func TestFiguresAddUp(t *testing.T) {
	unraced(t)
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		a := drawArchive(r)
		db := a.build(r, a.drawLayout(r), 0, false)
		const sums = "select month, sum(call_count), sum(answered_count), sum(duration_s), sum(billed_min), sum(list_charge_cny), " +
			"sum(call_charge_cny), sum(sms_count), sum(sms_charge_cny), %[2]s from marts.%[1]s group by month order by month"
		sumsOf := func(split, total string) []string { return rows(r, db, fmt.Sprintf(sums, split, total)) }
		want := sumsOf("charges_by_app", "sum(rent_cny), sum(total_cny)")
		for _, split := range []string{"charges_by_x_number", "charges_by_app_x_number"} {
			if diff := cmp.Diff(want, sumsOf(split, "sum(rent_cny), sum(total_cny)")); diff != "" {
				r.Errorf("%s (-charges_by_app +%s):\n%s", split, split, diff)
			}
		}
		// Rent is in neither of these, so a month of nothing else is missing here.
		want = sumsOf("charges_by_app", "sum(total_cny - rent_cny) as usage_cny")
		for _, split := range []string{"charges_by_mode", "charges_by_day"} {
			got := sumsOf(split, "sum(total_cny) as usage_cny")
			for _, month := range want {
				if isNothing(month) && !slices.Contains(got, month) {
					got = append(got, month)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				r.Errorf("%s (-charges_by_app +%s):\n%s", split, split, diff)
			}
		}
		minutes := "select month, sum(billed_min), sum(list_charge_cny), sum(charge_cny) as charge_cny from marts.charges_by_hour group by month order by month"
		byApp := "select month, sum(billed_min), sum(list_charge_cny), sum(call_charge_cny) as charge_cny from marts.charges_by_app " +
			"where month in (select month from marts.charges_by_hour) group by month order by month"
		if diff := cmp.Diff(rows(r, db, byApp), rows(r, db, minutes)); diff != "" {
			r.Errorf("charges_by_hour (-charges_by_app +charges_by_hour):\n%s", diff)
		}
		lost := rows(r, db, "select file from marts.files where records <> calls + duplicates + conflicts + rejected_records")
		if len(lost) > 0 {
			r.Errorf("books that do not hold: %q", lost)
		}
		// Every identity that has a chargeable record is exactly one call.
		if got := rows(r, db, "select count(*) as n from calls.calls")[0]; got != fmt.Sprintf("{'n': %d}", a.identities()) {
			r.Errorf("%s calls, want %d: one for each identity", got, a.identities())
		}
	})
}

// isNothing tells a row of sums that are all zero.
func isNothing(row string) bool {
	_, sums, _ := strings.Cut(row, ", ")
	return !strings.ContainsAny(regexp.MustCompile(`'[^']*'`).ReplaceAllString(sums, ""), "123456789")
}

// archive is a set of lines: some of call records, some of SMS notices, some of call
// events; now and then a bill; and the tables and rules it is charged by.
type archive struct {
	records []record
	sms     []string
	events  []string
	tables  map[string]string // csv by name
	bill    string            // csv, empty where there is none
	billIn  int               // the round that brings it, if there are as many
	rules   xtally.Rules
}

// record is one version of a call and who it is.
type record struct{ identity, json string }

// plain is the layout of one file, loaded once, with each record once.
func (a archive) plain() [][][]string {
	var bodies []string
	for _, r := range a.records {
		bodies = append(bodies, feeBody(r.json))
	}
	return [][][]string{{slices.Concat(bodies, a.sms, a.events)}}
}

func (a archive) identities() int {
	seen := map[string]bool{}
	for _, r := range a.records {
		if !strings.Contains(r.json, `"rejected":1`) {
			seen[r.identity] = true
		}
	}
	return len(seen)
}

// drawArchive draws records that clash now and then: few apps, ids, numbers
// and moments, around the turn of two months.
func drawArchive(r *rapid.T) archive {
	var a archive
	a.records = rapid.SliceOfN(rapid.Custom(drawRecord), 1, 14).Draw(r, "records")
	for range rapid.IntRange(0, 4).Draw(r, "messages") {
		id := rapid.SampledFrom([]string{"m-1", "m-2", "m-3"}).Draw(r, "message")
		x := rapid.SampledFrom([]string{"+8617000000001", "+8618600000001"}).Draw(r, "sms number")
		mode := rapid.SampledFrom([]string{"Notify", "Block"}).Draw(r, "sms mode")
		result := rapid.SampledFrom([]int{0, 2, 9}).Draw(r, "sms result")
		a.sms = append(a.sms, fmt.Sprintf(`{"appKey":"app-a","smsEvent":{"smsIdentifier":%q,"notificationMode":%q,"virtualNumber":%q,"timeStamp":%q,"sendResult":%d,"extInfo":{"extParas":[{"key":"splitNum","value":"2"}]}}}`+"\n",
			id, mode, x, drawMoment(r).Format("2006-01-02T15:04:05Z"), result))
	}
	for range rapid.IntRange(0, 4).Draw(r, "events") {
		kind := rapid.SampledFrom([]string{"callin", "answer", "disconnect"}).Draw(r, "event")
		session := rapid.SampledFrom([]string{"", "1", "2", "9"}).Draw(r, "session")
		a.events = append(a.events, fmt.Sprintf(`{"eventType":%q,"statusInfo":{"sessionId":%q,"timestamp":%q,"called":"+8617000000001"}}`+"\n",
			kind, session, drawMoment(r).Format(time.DateTime)))
	}
	a.tables = map[string]string{}
	if rapid.Bool().Draw(r, "with packages") {
		a.tables["packages"] = "package_id,minutes,sms,price_cny,valid_from,valid_to\n" +
			fmt.Sprintf("p-1,%d,%d,9.99,2026-09-30 23:00,2026-11-01\n", rapid.IntRange(1, 9).Draw(r, "minutes"), rapid.IntRange(0, 3).Draw(r, "package sms")) +
			fmt.Sprintf("p-2,%d,0,7.01,2026-10-01,2026-12-01\n", rapid.IntRange(1, 9).Draw(r, "minutes"))
	}
	if rapid.Bool().Draw(r, "with a discount") {
		a.tables["prices"] = "item,price_cny,discount\ncall,0.06,0.85\n"
	}
	if rapid.Bool().Draw(r, "with numbers") {
		a.tables["numbers"] = "x_number,kind,app_key,returned_date\n+8617000000001,carrier,app-a,\n+8617000000009,virtual,app-b,2026-10-26\n"
		a.tables["complaints"] = "complaint_date,x_number\n2026-10-31,+8617000000001\n2026-10-31,+8617000000077\n"
	}
	if rapid.Bool().Draw(r, "with a bill") {
		a.bill, a.billIn = drawBill(r), rapid.IntRange(0, 2).Draw(r, "round that brings the bill")
	}
	a.rules.SplitRule = rapid.SampledFrom([]string{"proportional", "first_come"}).Draw(r, "split rule")
	a.rules.SettleBy = rapid.SampledFrom([]string{"end", "answer"}).Draw(r, "settled by")
	return a
}

// drawBill draws a few hours of October as the vendor might bill them.
func drawBill(r *rapid.T) string {
	var rows []billRow
	for range rapid.IntRange(1, 3).Draw(r, "rows of the bill") {
		row := billRow{item: "call", price: 60_000, net: 60_000, quantity: rapid.Int64Range(1, 5).Draw(r, "billed minutes")}
		row.product = rapid.SampledFrom([]string{billNames["call"], "其他"}).Draw(r, "name on the bill")
		row.from = rapid.SampledFrom([]time.Time{
			time.Date(2026, time.October, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600)),
			time.Date(2026, time.October, 31, 23, 0, 0, 0, time.FixedZone("", 8*3600)),
		}).Draw(r, "billed hour")
		row.to = row.from.Add(time.Hour)
		row.settle()
		rows = append(rows, row)
	}
	return billCSV(rows)
}

// drawMoment draws a time (UTC) near the turn of a month in Beijing.
func drawMoment(r *rapid.T) time.Time {
	turn := rapid.SampledFrom([]time.Time{
		time.Date(2026, time.September, 30, 16, 0, 0, 0, time.UTC),
		time.Date(2026, time.October, 31, 16, 0, 0, 0, time.UTC),
	}).Draw(r, "turn of the month")
	return turn.Add(time.Duration(rapid.IntRange(-3, 3).Draw(r, "seconds from the turn")) * time.Second)
}

func drawRecord(r *rapid.T) record {
	member := func(name, value string) string { return fmt.Sprintf("%q:%q", name, value) }
	app := rapid.SampledFrom([]string{"app-a", "app-b"}).Draw(r, "app")
	id := rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6"}).Draw(r, "id")
	kind := rapid.SampledFrom([]string{"icid", "icid", "icid", "session"}).Draw(r, "identified by")
	members := []string{member("appKey", app)}
	if kind == "icid" {
		members = append(members, member("icid", id))
	} else {
		members = append(members, member("sessionId", id))
	}
	end := drawMoment(r)
	switch rapid.IntRange(0, 9).Draw(r, "fate") {
	case 0: // no time at all
	case 1: // not answered
		members = append(members, member("callInTime", end.Add(-20*time.Second).Format(time.DateTime)), member("callEndTime", end.Format(time.DateTime)))
	case 2: // refused
		members = append(members, member("fwdAnswerTime", end.Add(time.Minute).Format(time.DateTime)), member("callEndTime", end.Format(time.DateTime)), `"rejected":1`)
	default:
		duration := rapid.SampledFrom([]int{0, 1, 59, 60, 61, 120}).Draw(r, "duration")
		members = append(members, member("fwdAnswerTime", end.Add(-time.Duration(duration)*time.Second).Format(time.DateTime)), member("callEndTime", end.Format(time.DateTime)))
	}
	members = append(members,
		member("bindNum", rapid.SampledFrom([]string{"", "+8617000000001", "17000000001", "+8618600000001"}).Draw(r, "x")),
		member("calleeNum", "+8617000000002"),
		member("fwdDstNum", rapid.SampledFrom([]string{"+8619900000001", "+8619900000002"}).Draw(r, "callee")),
		member("serviceType", rapid.SampledFrom([]string{"003", "004", "007"}).Draw(r, "service")),
		fmt.Sprintf(`"ulFailReason":%d`, rapid.SampledFrom([]int{0, 8003, 9999}).Draw(r, "code")))
	return record{app + " " + kind + " " + id, "{" + strings.Join(members, ",") + "}"}
}

// drawLayout draws rounds of files of bodies that hold every record of the
// archive at least once.
func (a archive) drawLayout(r *rapid.T) [][][]string {
	copies := slices.Concat(a.records, rapid.SliceOfN(rapid.SampledFrom(a.records), 0, 6).Draw(r, "copies"))
	copies = rapid.Permutation(copies).Draw(r, "order")
	var bodies []string
	for len(copies) > 0 {
		n := rapid.IntRange(1, min(len(copies), 5)).Draw(r, "batch")
		batch := make([]string, n)
		for i, c := range copies[:n] {
			batch[i] = c.json
		}
		bodies = append(bodies, feeBody(batch...))
		copies = copies[n:]
	}
	bodies = rapid.Permutation(slices.Concat(bodies, a.sms, a.sms[:len(a.sms)/2], a.events)).Draw(r, "bodies")
	rounds := make([][][]string, rapid.IntRange(1, 3).Draw(r, "rounds"))
	for _, b := range bodies {
		i := rapid.IntRange(0, len(rounds)-1).Draw(r, "round")
		f := rapid.IntRange(0, len(rounds[i])).Draw(r, "file")
		if f == len(rounds[i]) {
			rounds[i] = append(rounds[i], nil)
		}
		rounds[i][f] = append(rounds[i][f], b)
	}
	return slices.DeleteFunc(rounds, func(files [][]string) bool { return len(files) == 0 })
}

// build loads and builds each round and opens the database to look inside.
func (a archive) build(t tester, layout [][][]string, tablesIn int, rebuild bool) *sql.DB {
	t.Helper()
	dir, err := os.MkdirTemp("", "xtally-property-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "test.duckdb")
	tally := mustOpen(t, path, xtally.WithRules(a.rules))
	tables := writeTables(t, filepath.Join(dir, "tables"), a.tables)
	for i, files := range layout {
		if i == tablesIn {
			mustLoadTables(t, tally, tables)
		}
		if a.bill != "" && i == min(a.billIn, len(layout)-1) {
			path := filepath.Join(dir, "bill", billFile)
			mustWrite(t, path, []byte(a.bill))
			mustLoadBill(t, tally, path)
		}
		in := filepath.Join(dir, fmt.Sprint(i))
		for f, bodies := range files {
			mustWrite(t, filepath.Join(in, fmt.Sprintf("%d.ndjson", f)), []byte(strings.Join(bodies, "")))
		}
		mustLoad(t, tally, in)
		mustBuild(t, tally)
	}
	if rebuild {
		if _, err := tally.Rebuild(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	return closeAndLook(t, tally, path)
}

// writeTables writes tables as files.
func writeTables(t tester, dir string, csv map[string]string) xtally.Tables {
	t.Helper()
	for name, text := range csv {
		mustWrite(t, filepath.Join(dir, "tables", name+".csv"), []byte(text))
	}
	return caseTables(dir)
}

// reportRows returns the rows of the compared reports, by report.
func reportRows(t tester, db *sql.DB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for name, without := range propertyReports {
		columns := "*"
		if without != "" {
			columns = "* exclude (" + without + ")"
		}
		all[name] = rows(t, db, "select "+columns+" from marts."+name+" order by all")
	}
	return all
}

// rows returns each row as one text.
func rows(t tester, db *sql.DB, query string) []string {
	t.Helper()
	return texts(t, db, "select cast(row_of as varchar) from ("+query+") as row_of")
}

// TestPlainAndRecoveredAgree: a record gives the same row whether the reader
// cuts it up or SQL recovers it from a body that is not plain, and the odd
// members of recovered records are all kept.
func TestPlainAndRecoveredAgree(t *testing.T) {
	unraced(t)
	t.Parallel()
	const columns = "select * exclude (file_id, body_no, line) from raw.fee_records order by icid_hex, icid_rest, record_no, session_id"
	layout := func(body string) [][][]string { return [][][]string{{{body}}} }
	plain := archive{}.build(t, layout(`{"eventType":"fee","feeLst":[`+recordForms+`]}`), 0, false)
	recovered := archive{}.build(t, layout(`{"eventType":"fee","feeLst":[`+recordForms+`],"more":1}`), 0, false)
	want := rows(t, plain, columns)
	if diff := cmp.Diff(want, rows(t, recovered, columns)); diff != "" {
		t.Errorf("plain (-) and recovered (+) differ:\n%s", diff)
	}
	if n := strings.Count(recordForms, "icid"); len(want) != n {
		t.Errorf("%d rows of %d records", len(want), n)
	}
	odd := archive{}.build(t, layout(`{"eventType":"fee","feeLst":[{"icid":"1","bindNum":"anonymous","callerNum":"+86 1","direction":"x","callEndTime":"soon"}]}`), 0, false)
	got := rows(t, odd, "select bind_num, caller_num, other_numbers, odd_members from raw.fee_records")
	if diff := cmp.Diff([]string{`{'bind_num': NULL, 'caller_num': NULL, ` +
		`'other_numbers': '{"bindNum":"anonymous","callerNum":"+86 1","calleeNum":null,"fwdDisplayNum":null,"fwdDstNum":null,"serviceType":null}', ` +
		`'odd_members': 'callEndTime=soon; direction=x'}`}, got); diff != "" {
		t.Errorf("odd members (-want +got):\n%s", diff)
	}
}

// recordForms are records in all forms that the reader takes.
const recordForms = `
	{"appKey":"a","icid":"01","sessionId":"s","bindNum":"+8617000000001","callerNum":"+85212345678","calleeNum":"17000000001","fwdDisplayNum":"075512345678","fwdDstNum":"0",
		"direction":1,"ulFailReason":"8014","fwdUnaswRsn":16,"sipStatusCode":"486","recordFlag":1,"serviceType":"004","notifyMode":"Block","subscriptionId":"b",
		"callInTime":"2026-10-31 15:59:57","fwdStartTime":"2026-10-31 15:59:58","fwdAlertingTime":"2026-10-31 15:59:59","fwdAnswerTime":"2026-10-31 16:00:00","callEndTime":"2026-10-31 16:01:00"},
	{"icid":"02","bindNum":"","callerNum":17000000001,"calleeNum":null,"recordFlag":true,"direction":"","callEndTime":"","failTime":"2024-02-29 00:00:00"},
	{"icid":"03","callOutAnswerTime":"2026-10-31 16:00:00","sipStatusCode":99999,"ulFailReason":999999999},
	{"icid":"","bindNum":"8613000000000","callerNum":"008613000000000","callInTime":"2000-01-01 00:00:00","callEndTime":"2099-12-30 23:59:59"},
	{"icid":null,"sessionId":"only a session","serviceType":"001","url":"http:\/\/example.com"},
	{"icid":"CAE-7","sessionId":5,"fwdStartTime":"2026-11-01 00:00:00"}`
