package xtally_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xtally/xtally"
)

// mutation is one rule of money turned over, and the case worked by hand that must not
// survive it.
type mutation struct{ rule, file, from, to, killer string }

var mutations = []mutation{
	{"a started minute counts: cut instead", "macros.sql", "(quantity + unit - 1) // unit", "quantity // unit", "started_minute_counts"},
	{"60 s are one minute: two instead", "macros.sql", "(quantity + unit - 1) // unit", "(quantity + unit) // unit", "started_minute_counts"},
	{"Beijing is UTC+8: +7", "macros.sql", "28800000000", "25200000000", "month_edge_utc"},
	{"money is cut to the fen: rounded", "macros.sql", "cast(floor(amount * 100) * 0.01 as decimal(18, 2));", "cast(round(amount * 100) * 0.01 as decimal(18, 2));", "discount_cut_per_hour"},
	{"a fraction of a second is dropped: rounded", "macros.sql", "cast(date_trunc('second', t) as timestamp_s)", "cast(t as timestamp_s)", "fraction_of_a_second"},
	{"settled by the end: by the answer", "macros.sql", "when settle_by = 'answer' and", "when settle_by = 'end' and", "settle_by_end_over_midnight"},
	{"settled by the answer when set: by the end", "rated/calls.sql", "case when settings.settle_by = 'answer' then", "case when settings.settle_by = 'never' then", "settle_by_answer_over_midnight"},
	{"17000… is virtual: carrier", "macros.sql", "'+86167', '+86170', '+86171'", "'+86167', '+86171'", "sms_package_virtual_only"},
	{"0 s answered: by the setting", "rated/calls.sql", "when calls.duration_s = 0 then settings.zero_second_min", "when calls.duration_s = 0 then 1", "started_minute_counts"},
	{"VoiceCall is not charged: it is", "rated/calls.sql", "where calls.outcome <> outcome_word('other_product')", "where true", "voicecall_apart"},
	{"the latest end wins: the earliest", "identity/copies.sql", "ended_utc_at desc nulls last", "ended_utc_at asc nulls last", "conflict_latest_end"},
	{"then the latest answer: the earliest", "identity/copies.sql", "answered_utc_at desc nulls last", "answered_utc_at asc nulls last", "conflict_latest_answer"},
	{"then the lowest code: the highest", "identity/copies.sql", "release_code asc nulls last", "release_code desc nulls last", "conflict_lowest_code"},
	{"then the smallest content: the largest", "identity/copies.sql", "content asc,", "content desc,", "conflict_smallest_content"},
	{"a repeat is a duplicate: a call", "identity/copies.sql", "candidates.place = summed_up.first_place then copy_role('call') else copy_role('duplicate')", "candidates.place = summed_up.first_place then copy_role('call') else copy_role('call')", "duplicate_in_batch"},
	{"the X number is bindNum: calleeNum", "staging/fee_records.sql", "        when bind_num <> 0 then bind_num\n", "        when callee_num <> 0 then number_beside(bind_num, callee_num)\n", "axyb_numbers"},
	{"an end before the answer is refused: it is not", "staging/fee_records.sql", "when call_end_utc_at < fwd_answer_utc_at then 'end_before_answer'", "when false then 'end_before_answer'", "record_rejects"},
	{"earliest end first: latest", "drawn/package_hours.sql", "order by ends_at, starts_at, package_id", "order by ends_at desc, starts_at, package_id", "package_earliest_end_first"},
	{"a package's hour begins it: the next", "drawn/package_hours.sql", "drawing.hour_at >= packages.starts_at", "drawing.hour_at > packages.starts_at", "package_whole_hours"},
	{"a package ends before its last hour: with it", "drawn/package_hours.sql", "drawing.hour_at < packages.ends_at", "drawing.hour_at <= packages.ends_at", "package_whole_hours"},
	{"SMS of a package for virtual numbers: carrier", "staging/packages.sql", "'sms_virtual' as item, messages", "'sms_carrier' as item, messages", "sms_package_virtual_only"},
	{"valid from the next full hour: from the hour of purchase", "ingest/packages.sql", "date_trunc('hour', typed_time(bought_at)) + interval 1 hour", "date_trunc('hour', typed_time(bought_at))", "charge_vendor_example"},
	{"12 months: 11", "ingest/packages.sql", "starts_at + interval 12 month", "starts_at + interval 11 month", "charge_vendor_example"},
	{"largest remainder: smallest", "allocated/shares.sql", "order by share_remainder(apps.quantity, hours.package_quantity, hours.quantity) desc", "order by share_remainder(apps.quantity, hours.package_quantity, hours.quantity) asc", "package_empties_proportional"},
	{"first come by the end: by the id", "allocated/shares.sql", "order by settled_at, app_key, unit_id", "order by unit_id", "package_empties_first_come"},
	{"only Notify is charged: Block too", "rated/messages.sql", "where messages.notification_mode = 'notify'", "where true", "sms_notify_and_block"},
	{"splitNum parts: one", "rated/messages.sql", "coalesce(messages.split_count, 1) as split_count", "1 as split_count", "sms_results"},
	{"charged by its result: whatever it is", "rated/messages.sql", "case when is_charged then split_count else 0 end", "split_count", "sms_results"},
	{"returned after the 25th pays once more: after the 26th", "metered/rents.sql", "interval 1 month + interval 24 day", "interval 1 month + interval 25 day", "rent_issued_and_returned"},
	{"returned on the 25th pays no more: it does", "metered/rents.sql", "numbers.returned_date > months.month", "numbers.returned_date >= months.month", "rent_issued_and_returned"},
	{"issued in the month pays: from the next", "metered/rents.sql", "coalesce(numbers.issued_date, months.month) < months.month + interval 1 month", "coalesce(numbers.issued_date, months.month) <= months.month", "rent_issued_and_returned"},
	{"a number missing in the table pays: it does not", "metered/rents.sql", "where users.rank_in_number = 1 and users.month > undated() and numbers.x_number is null", "where false", "numbers_in_use_and_idle"},
	{"a price ends before valid_to: with it", "metered/usage.sql", "used.hour_at < prices.valid_to_at", "used.hour_at <= prices.valid_to_at", "price_change_mid_month"},
	{"the app's price before the general one: after", "staging/prices.sql", "(price_rows.app_key <> '') desc", "(price_rows.app_key <> '') asc", "price_most_specific"},
	{"a table's price before the list: after", "staging/prices.sql", "(price_rows.line > 0) desc", "(price_rows.line > 0) asc", "price_most_specific"},
	{"the discount counts: it does not", "staging/prices.sql", "cast(price_cny as decimal(12, 6)) * cast(discount as decimal(5, 4))", "cast(price_cny as decimal(12, 6)) * cast(1 as decimal(5, 4))", "discount_cut_per_hour"},
	{"reaching the limit is over it: only above", "marts/complaints.sql", "when complaint_count * 100 >= least(", "when complaint_count * 100 > 1 + least(", "complaints_limits"},
	{"a package's price is shared by its use: by half of it", "marts/package_costs.sql", "whole_share(weight, price_fen, weights) as share_fen", "whole_share(weight, price_fen, 2 * weights) as share_fen", "package_costs_unused_and_sms_only"},
	{"a late call moves a package's minutes on other days: not there", "settled/hours.sql", "-- moves days of: hour_at\n", "", "late_call_moves_package_minutes"},
	{"the day of a late call is counted anew: only days after it", "macros.sql", "ended_at >= made_from()", "ended_at >= made_from() + interval 1 day", "late_call_moves_package_minutes"},
	{"a record of the next month is a session's: it is not", "scope/straddling_sessions.sql", "and records.month <> events.month", "and records.month is null", "record_comes_in_next_month"},
	{"a refund on the bill stands apart: a charge", "macros.sql", "'退款|refund|unsubscri|^(4|20|24)$') then 'refund'", "'退款|refund|unsubscri|^(4|20|24)$') then 'charge'", "bill_duplicate_refund_adjustment"},
}

// TestMutations turns rules over one by one and asks the case that is made for each to
// notice: by another figure, or by a check that stops the build. Without
// XTALLY_MUTATIONS=all every fifth is tried.
func TestMutations(t *testing.T) {
	unraced(t)
	all := os.Getenv("XTALLY_MUTATIONS") == "all"
	for i, m := range mutations {
		if !all && i%5 != 0 {
			continue
		}
		t.Run(fmt.Sprintf("%02d %s", i+1, m.rule), func(t *testing.T) {
			t.Parallel()
			models, err := mutated(m)
			if err != nil {
				t.Fatal(err)
			}
			how, err := noticed(t, filepath.Join("testdata", m.killer), models)
			if err != nil {
				t.Fatal(err)
			}
			if how == "" {
				t.Errorf("survived %s", m.killer)
			}
			t.Logf("%s: %s", m.killer, how)
		})
	}
}

// mutated is the models with one text replaced.
func mutated(m mutation) (fs.FS, error) {
	models := fstest.MapFS{}
	found := 0
	err := fs.WalkDir(os.DirFS("sql"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join("sql", path))
		if err != nil {
			return err
		}
		if path == m.file {
			found = strings.Count(string(content), m.from)
			content = []byte(strings.Replace(string(content), m.from, m.to, 1))
		}
		models[path] = &fstest.MapFile{Data: content}
		return nil
	})
	if err == nil && found == 0 {
		err = fmt.Errorf("%s has no %q any more; mend the mutation", m.file, m.from)
	}
	return models, err
}

// noticed runs a case with other models and tells what was noticed, if anything.
func noticed(t *testing.T, dir string, models fs.FS) (string, error) {
	t.Helper()
	tally := mustOpen(t, "", xtally.WithSQL(models), xtally.WithRules(caseRules(t, dir)))
	if err := tally.LoadTables(t.Context(), caseTables(dir)); err != nil {
		return "tables refused: " + firstLine(err), nil
	}
	if bill := filepath.Join(dir, "bill"); isThere(bill) {
		if _, err := tally.LoadBill(t.Context(), bill); err != nil {
			return "bill refused: " + firstLine(err), nil
		}
	}
	for _, in := range glob(t, dir, "in*") {
		if _, err := tally.Load(t.Context(), in); err != nil {
			return "", err
		}
		if _, err := tally.Build(t.Context()); err != nil {
			var check *xtally.CheckError
			if errors.As(err, &check) {
				return "check: " + firstLine(err), nil
			}
			return "", err
		}
	}
	for _, want := range glob(t, dir, "want*") {
		names := reportNames(t, want)
		out := t.TempDir()
		o := csvOnly(names...)
		o.Unmask = "numbers as the case gives them"
		month := wantMonth(t, want)
		if _, err := tally.Report(t.Context(), out, month, o); err != nil {
			return "", err
		}
		for _, name := range names {
			got := mustRead(t, filepath.Join(out, month.String(), name+".csv"))
			if string(got) != string(mustRead(t, filepath.Join(want, name+".csv"))) {
				return filepath.Base(want) + "/" + name + ".csv differs", nil
			}
		}
	}
	return "", nil
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
