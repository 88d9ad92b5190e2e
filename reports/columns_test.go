package reports

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// contractColumns are those that scripts and spreadsheets rely on, report by
// report, and the ones the marts have beside them.
const contractColumns = `
file, sha256, bytes, lines, bodies, records, calls, duplicates, conflicts, events, messages, statuses, rejects, status
file, line, body, record, reason, detail
call_id, app_key, identity, versions, kept_file, kept_line, differing_fields
month, app_key, call_count, answered_count, duration_s, billed_min, package_min, list_charge_cny, call_charge_cny, sms_count, sms_charge_cny, number_count, rent_cny, total_cny
month, x_number, app_key, number_kind, mode, date
hour_at, billed_min, package_min, payable_min, list_charge_cny, charge_cny, residue_cny, sms_count, package_sms_count, sms_charge_cny, sms_residue_cny
month, app_key, release_code, category, owner, meaning, next_step, call_count, share_pct
month, app_key, code, meaning, call_count, share_pct
month, app_key, call_count, answered_count, asr_pct, acd_s, pdd_s, short_call_count, round_up_overhead_pct
month, complaint_count, complained_number_count, numbers_in_use, rate_pct, limit_pct, status
month, app_key, recorded_count, too_short_count, expiring_count
call_id, app_key, x_number, mode, binding_id, session_id, started_at, answered_at, ended_at, duration_s, billed_min, list_charge_cny, call_charge_cny, release_code, outcome, file, line
caller_number, callee_number
month, noticed_date, entry, app_key, x_number, call_count, billed_min, package_min, call_charge_cny, sms_count, sms_charge_cny, rent_cny, total_cny, reason
month, x_number, app_key, number_kind, message_count, sent_count, failed_count, blocked_count, billable_count, package_sms_count, charge_cny
package_id, item, bought, used_before, used, left, starts_at, ends_at, price_cny, cny_per_unit_used, value_used_cny, saved_cny, forecast_empty_date, forecast_lapsing, status
month, package_id, app_key, used_min, used_sms, share_pct, cost_cny
month, package_min, package_sms, price_cny, day_count, year_min, year_sms, package_count, year_cost_cny, year_saving_cny, is_cheapest
month, app_key, proportional_package_min, first_come_package_min, proportional_charge_cny, first_come_charge_cny, diff_cny
item, number_kind, app_key, mode, price_cny, discount, net_price_cny, price_line, valid_from_at, valid_to_at
month, x_number, app_key, number_kind, kind_source, city, issued_date, returned_date, status_code, cause_code, call_count, message_count, app_count, last_used_at, status, detail, rent_price_cny
month, x_number, app_key, number_kind, last_used_at, idle_days, rent_cny, monthly_saving_cny, return_by_date
x_number, event_at, event, app_key, status_code, cause_code, file, line, entry
month, complaint_count, complained_number_count, numbers_in_use, rate_pct, limit_pct, limit_faq_pct, projected_count, projected_rate_pct, status
month, x_number, app_key, complaint_count, types, first_date, last_date, call_count, status, line
session_id, ended_at, x_number, last_event, release_code, recoverable_until
hour_at, bodies, cdrs, events, sessions_without_cdr, status
month, item, ours_quantity, bill_quantity, ours_cny, bill_cny, diff_cny, status
month, item, reason, quantity, diff_cny, detail
blank_lines, warnings, rejected_records, expired_count, ner_pct`

func TestHeadings(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(contractColumns), "\n") {
		for _, name := range strings.Split(line, ", ") {
			h := headings[name]
			if h[0] == "" || h[1] == "" {
				t.Errorf("column %s has no heading in both languages", name)
			}
		}
	}
	if got := heading("something_new", ZH); got != "something_new" {
		t.Errorf("unknown column is called %q", got)
	}
}

func TestCatalogue(t *testing.T) {
	var names, titles []string
	for _, r := range All() {
		for _, lang := range []Lang{ZH, EN} {
			title := r.Title(lang)
			if title == "" || r.Note(lang) == "" {
				t.Errorf("%s lacks title or note in %s", r.Name, lang)
			}
			if len(utf16.Encode([]rune(title)))+len(" (99)") > 31 || strings.ContainsAny(title, `:\/?*[]'`) {
				t.Errorf("%q is no name for a sheet", title)
			}
			titles = append(titles, strings.ToLower(title))
		}
		for _, lang := range []Lang{ZH, EN} {
			if r.Grain(lang) == "" || r.Source(lang) == "" {
				t.Errorf("%s does not say what a row is or where it comes from in %s", r.Name, lang)
			}
		}
		if r.OrderBy == "" && r.Totals && r.Across == nil {
			t.Errorf("%s has no order", r.Name)
		}
		names = append(names, r.Name)
	}
	if len(grains) != len(All()) {
		t.Errorf("%d grains for %d reports", len(grains), len(All()))
	}
	both := map[string]bool{}
	for _, r := range All() {
		title := r.Title(Both)
		if both[strings.ToLower(title)] || len(utf16.Encode([]rune(title)))+len(" (99)") > 31 {
			t.Errorf("%q is no name for a sheet in both languages", title)
		}
		both[strings.ToLower(title)] = true
	}
	slices.Sort(names)
	slices.Sort(titles)
	if len(slices.Compact(names)) != len(All()) || len(slices.Compact(titles)) != 2*len(All()) {
		t.Error("a name or a title is there twice")
	}
	if _, ok := Find("charges_by_app"); !ok {
		t.Error("charges_by_app not found")
	}
	if _, ok := Find("Charges_by_app"); ok {
		t.Error("found a report by a name it does not have")
	}
}

func TestFormats(t *testing.T) {
	for _, test := range []struct {
		name, typ, format string
		additive          bool
	}{
		{"total_cny", "DECIMAL(18,2)", "#,##0.00", true},
		{"residue_cny", "DECIMAL(18,6)", "#,##0.00####", true},
		{"total_cny", "DECIMAL(18,0)", "#,##0.00", true},
		{"total_cny", "VARCHAR", "@", false},
		{"cny_per_unit_used", "DECIMAL(18,4)", "#,##0.0000", false},
		{"net_price_cny", "DECIMAL(18,10)", "#,##0.00########", true},
		{"share_pct", "DECIMAL(9,2)", `0.00"%"`, false},
		{"call_count", "HUGEINT", "#,##0", true},
		{"billed_min", "BIGINT", "#,##0", true},
		{"duration_s", "BIGINT", "#,##0", true},
		{"acd_s", "DECIMAL(9,1)", "#,##0.0", false},
		{"x_number", "BIGINT", "@", false},
		{"code", "INTEGER", "@", false},
		{"app_key", "VARCHAR", "@", false},
		{"ended_at", "TIMESTAMP", "yyyy-mm-dd hh:mm:ss", false},
		{"month", "DATE", "@", false},
		{"bill_month", "DATE", "@", false},
		{"date", "DATE", "yyyy-mm-dd", false},
		{"is_late", "BOOLEAN", "General", false},
		{"tags", "VARCHAR[]", "@", false},
	} {
		c := column{name: test.name, typ: test.typ, kind: kindOf(test.name, test.typ)}
		if c.format() != test.format || c.isAdditive() != test.additive {
			t.Errorf("%s %s: format %s, additive %t", test.name, test.typ, c.format(), c.isAdditive())
		}
	}
}
