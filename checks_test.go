package xtally_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally"
)

// corruption breaks models so that one check must notice.
type corruption struct {
	check  string                         // name a CheckError must carry
	models map[string]func(string) string // by path under sql
}

// corruptions has one entry or more for each file of sql/checks, and some for
// the keys that every build proves.
var corruptions = map[string]corruption{
	"a release code is dropped": {"codes_add_up_to_the_calls", map[string]func(string) string{
		"marts/calls_by_release_code.sql": wrapped("select * from (%s) as model where release_code <> '0'"),
	}},
	"calls have no price": {"everything_charged_has_one_price", map[string]func(string) string{
		"seeds/prices.sql": wrapped("select * from (%s) as model where item <> 'call'"),
	}},
	"numbers have no rent": {"everything_charged_has_one_price", map[string]func(string) string{
		"seeds/prices.sql": wrapped("select * from (%s) as model where item <> 'rent'"),
	}},
	"a call is lost": {"every_call_is_kept_once", map[string]func(string) string{
		"calls/calls.sql": wrapped("select * from (%s) as model qualify row_number() over (order by call_id) > 1"),
	}},
	"a line is lost": {"every_line_is_accounted_for", map[string]func(string) string{
		"staging/files.sql": wrapped("select * replace (line_count + 1 as line_count) from (%s) as model"),
	}},
	"a body is lost": {"every_line_is_accounted_for", map[string]func(string) string{
		"staging/files.sql": wrapped("select * replace (body_count - 1 as body_count) from (%s) as model"),
	}},
	"a duplicate is booked twice": {"every_record_is_accounted_for", map[string]func(string) string{
		"calls/duplicates.sql": wrapped("select * replace (duplicate_count * 2 as duplicate_count) from (%s) as model"),
	}},
	"a file's records are not booked": {"every_record_is_accounted_for", map[string]func(string) string{
		"staging/files.sql": wrapped("select * replace (record_count + 1 as record_count) from (%s) as model"),
	}},
	"a split doubles the price": {"marts_add_up_to_the_account", map[string]func(string) string{
		"marts/charges_by_mode.sql": wrapped("select * replace (cast(total_cny * 2 as decimal(18, 2)) as total_cny) from (%s) as model"),
	}},
	"a split loses a number": {"marts_add_up_to_the_account", map[string]func(string) string{
		"marts/charges_by_x_number.sql": wrapped("select * from (%s) as model where x_number <> '+8618600000001'"),
	}},
	"a mart loses a month": {"marts_add_up_to_the_account", map[string]func(string) string{
		"marts/charges_by_day.sql": wrapped("select * from (%s) as model where month <> date '2026-10-01'"),
	}},
	"a mart loses rent": {"marts_add_up_to_the_account", map[string]func(string) string{
		"marts/charges_by_app.sql": replaced("sum(rent_cny) as decimal", "sum(0) as decimal"),
	}},
	"an hour gives more than a package holds": {"packages_are_not_overdrawn", map[string]func(string) string{
		"drawn/package_hours.sql": wrapped("select * replace (drawn_quantity + 10000 as drawn_quantity) from (%s) as model"),
	}},
	"a package is drawn outside its time": {"packages_are_not_overdrawn", map[string]func(string) string{
		"drawn/package_hours.sql": wrapped("select * replace (cast(hour_at - interval 400 day as timestamp) as hour_at) from (%s) as model"),
	}},
	"a fen of an hour is nobody's": {"parts_add_up_to_the_hours", map[string]func(string) string{
		"allocated/shares.sql": wrapped("select * replace (case when split_rule = 'first_come' then 0 else charge_cny end as charge_cny) from (%s) as model"),
	}},
	"an app's minutes are twice in a split": {"parts_add_up_to_the_hours", map[string]func(string) string{
		"allocated/shares.sql": replaced("sum(greatest(0, least(quantity,", "2 * sum(greatest(0, least(quantity,"),
	}},
	"a difference goes without a word": {"reasons_add_up_to_the_difference", map[string]func(string) string{
		"reasoned/reasons.sql": wrapped("select * replace (diff_cny + 1 as diff_cny) from (%s) as model"),
	}},
	"the waterfall misses the bill": {"reasons_add_up_to_the_difference", map[string]func(string) string{
		"marts/reconciliation_waterfall.sql": replaced("sum(reasons.diff_cny)", "sum(0 * reasons.diff_cny)"),
	}},
	"another product is charged": {"other_products_are_not_charged", map[string]func(string) string{
		"rated/calls.sql": replaced("outcome <> outcome_word('other_product')", "outcome is not null"),
	}},
	"a call has no route": {"key of rated.outcome_counts", map[string]func(string) string{
		"identity/routes.sql": wrapped("select * from (%s) as model where route_no > 1"),
	}},
	"a call comes twice": {"key of calls.calls", map[string]func(string) string{
		"calls/calls.sql": wrapped("select model.* from (%s) as model, range(2)"),
	}},
	"a month is lost": {"key of marts.call_quality", map[string]func(string) string{
		"marts/call_quality.sql": wrapped("select * replace (cast(null as varchar) as app_key) from (%s) as model"),
	}},
}

// wrapped puts a query around a model's, below the model's own header.
func wrapped(around string) func(string) string {
	return func(model string) string {
		header := ""
		for line := range strings.Lines(model) {
			if !strings.HasPrefix(line, "--") {
				break
			}
			header += line
		}
		return header + strings.Replace(around, "%s", strings.TrimPrefix(model, header)+"\n", 1)
	}
}

func replaced(old, with string) func(string) string {
	return func(model string) string { return strings.ReplaceAll(model, old, with) }
}

// corrupted is the sql folder with some models changed.
func corrupted(t *testing.T, models map[string]func(string) string) fs.FS {
	t.Helper()
	changed := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS("sql"), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		model := string(mustRead(t, filepath.Join("sql", p)))
		if corrupt := models[p]; corrupt != nil {
			before := model
			if model = corrupt(model); model == before {
				t.Fatalf("%s is not changed: it has new words", p)
			}
		}
		changed[p] = &fstest.MapFile{Data: []byte(model)}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// TestChecks: each corruption is noticed by its check, and nothing of it is
// published: the reports stay what they were, and none is written.
func TestChecks(t *testing.T) {
	unraced(t)
	t.Parallel()
	db := filepath.Join(t.TempDir(), "test.duckdb")
	tally := mustOpen(t, db)
	for _, dir := range []string{"conflict_latest_end", "duplicate_later_file", "sms_notify_and_block", "voicecall_apart"} {
		mustLoad(t, tally, filepath.Join("testdata", dir, "in"))
	}
	// A minute and a message of packages, so that an hour of each is split.
	tables := xtally.Tables{Packages: filepath.Join(t.TempDir(), "packages.csv")}
	mustWrite(t, tables.Packages, []byte("package_id,minutes,sms,price_cny,valid_from\np-1,1,1,38,2026-10-01\n"))
	mustLoadTables(t, tally, tables)
	// A bill that knows of one minute only, so that there is a difference.
	bill := filepath.Join(t.TempDir(), "bill.csv")
	mustWrite(t, bill, []byte("账期,产品类型编码,产品,使用开始时间,使用结束时间,账单类型,单价(¥),使用量,套餐内使用量,官网价(¥),应付金额(¥)\n"+
		"2026-10,hws.service.type.privatenumber,通话时长,2026-10-05 10:00:00,2026-10-05 11:00:00,消费-使用,0.06,1,0,0.06,0.06\n"))
	if _, err := tally.LoadBill(t.Context(), bill); err != nil {
		t.Fatal(err)
	}
	mustBuild(t, tally)
	published := publishedReports(t, tally)
	tally.Close()

	for name, c := range corruptions {
		t.Run(name, func(t *testing.T) {
			tally := mustOpen(t, db, xtally.WithSQL(corrupted(t, c.models)))
			defer tally.Close()
			out := t.TempDir()
			_, err := tally.Run(t.Context(), xtally.Job{Archive: []string{"testdata/voicecall_apart/in"}, Tables: tables, Month: october, Out: out})
			var checkError *xtally.CheckError
			if !errors.As(err, &checkError) {
				t.Fatalf("error %v, want a CheckError", err)
			}
			if checkError.Check != c.check {
				t.Errorf("%v\nwant check %s", err, c.check)
			}
			if len(checkError.Rows) == 0 || !strings.Contains(err.Error(), "nothing was published") {
				t.Errorf("error %v, want one that shows the rows and says that nothing was published", err)
			}
			if diff := cmp.Diff(published, publishedReports(t, tally)); diff != "" {
				t.Errorf("something was published (-before +after):\n%s", diff)
			}
			if left, _ := os.ReadDir(out); len(left) > 0 {
				t.Errorf("reports were written: %v", left)
			}
		})
	}

	// With the right models again, the database is as it was: nothing to build.
	tally = mustOpen(t, db)
	if r := mustBuild(t, tally); len(r.Months) > 0 {
		t.Errorf("built %v again", r.Months)
	}
	if diff := cmp.Diff(published, publishedReports(t, tally)); diff != "" {
		t.Errorf("reports (-before +after):\n%s", diff)
	}
}

func publishedReports(t *testing.T, tally *xtally.Tally) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range []string{"charges_by_app", "charges_by_mode", "charges_by_x_number", "calls_by_release_code", "calls", "files", "conflicts"} {
		all[name] = export(t, tally, name, october)
	}
	return all
}

// TestEveryCheckIsTested: a new check needs a corruption that sets it off.
func TestEveryCheckIsTested(t *testing.T) {
	files, err := filepath.Glob("sql/checks/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no checks (%v)", err)
	}
	tested := map[string]bool{}
	for _, all := range []map[string]corruption{corruptions, closedCorruptions} {
		for _, c := range all {
			tested[c.check] = true
		}
	}
	for _, f := range files {
		if name := strings.TrimSuffix(path.Base(filepath.ToSlash(f)), ".sql"); !tested[name] {
			t.Errorf("no corruption sets off check %s", name)
		}
	}
}

// TestTwoPrices: a call that two prices apply to is not charged by both.
func TestTwoPrices(t *testing.T) {
	unraced(t)
	t.Parallel()
	double := map[string]func(string) string{
		"seeds/prices.sql": wrapped("select model.* from (%s) as model, range(2)"),
	}
	tally := mustOpen(t, "", xtally.WithSQL(corrupted(t, double)))
	mustLoad(t, tally, "testdata/started_minute_counts/in")
	_, err := tally.Build(t.Context())
	var checkError *xtally.CheckError
	if !errors.As(err, &checkError) {
		t.Errorf("error %v, want a CheckError", err)
	}
}

// TestBadModels: a model that is no SQL is named in the error.
func TestBadModels(t *testing.T) {
	unraced(t)
	t.Parallel()
	bad := map[string]func(string) string{
		"rated/messages.sql": wrapped("select no_such_column from (%s) as model"),
	}
	tally := mustOpen(t, "", xtally.WithSQL(corrupted(t, bad)))
	if _, err := tally.Build(t.Context()); err == nil || !strings.Contains(err.Error(), "build rated.messages") {
		t.Errorf("error %v, want one that names rated.messages", err)
	}
	if _, err := xtally.Open(t.Context(), "", xtally.WithSQL(fstest.MapFS{})); err == nil {
		t.Error("an empty sql folder was taken")
	}
}
