package xtally_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// TestDemoMatchesItsTruth runs the shipped sample and holds every figure of
// October against the truth that was computed while the sample was written.
func TestDemoMatchesItsTruth(t *testing.T) {
	out := t.TempDir()
	db, err := xtally.Open(t.Context(), filepath.Join(t.TempDir(), "demo.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Run(t.Context(), xtally.Job{
		Archive: []string{"testdata/demo/in"},
		Month:   xtally.MonthOf(2026, time.October),
		Out:     out,
		Report:  xtally.ReportOptions{Formats: []reports.Format{reports.CSV}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := func(name string, key, value []string) map[string]string {
		return keyed(t, filepath.Join(out, "2026-10", name+".csv"), key, value, "")
	}
	truth := func(name string, key, value []string) map[string]string {
		return keyed(t, filepath.Join("testdata/demo/truth", name+".csv"), key, value, "2026-10")
	}
	ours := []string{"call_count", "answered_count", "duration_s", "billed_min", "list_charge_cny"}
	theirs := []string{"calls", "answered", "duration_s", "minutes", "charge_cny"}
	for _, c := range []struct {
		name, truth      string
		key, truthKey    []string
		value, truthWant []string
	}{
		{"charges_by_app", "truth_by_app", []string{"app_key"}, []string{"app_key"}, ours, theirs},
		{"charges_by_mode", "truth_by_mode", []string{"app_key", "mode"}, []string{"app_key", "mode"}, ours, theirs},
		{"charges_by_day", "truth_by_day", []string{"date"}, []string{"day"}, ours, theirs},
		{"charges_by_x_number", "truth_by_x", []string{"x_number", "app_key"}, []string{"x_number", "app_key"}, ours, theirs},
		{"calls_by_release_code", "truth_by_code", []string{"release_code"}, []string{"ul_fail_reason"}, []string{"call_count"}, []string{"calls"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := truth(c.truth, c.truthKey, c.truthWant)
			if len(want) == 0 {
				t.Fatal("the truth is empty")
			}
			if diff := cmp.Diff(want, withoutIdle(got(c.name, c.key, c.value))); diff != "" {
				t.Errorf("want - got +\n%s", diff)
			}
		})
	}
	t.Run("rejects", func(t *testing.T) { checkRejects(t, filepath.Join(out, "2026-10", "rejects.csv")) })
	t.Run("books", func(t *testing.T) { checkBooks(t, filepath.Join(out, "2026-10", "files.csv")) })
}

// withoutIdle drops rows of SMS alone, which the truth of calls does not have.
func withoutIdle(rows map[string]string) map[string]string {
	for k, v := range rows {
		if strings.HasPrefix(v, "0 0 ") {
			delete(rows, k)
		}
	}
	return rows
}

// checkBooks holds the sums of files.csv against truth.json. What the truth
// allows either way (invalid UTF-8, two objects on a line) may add duplicates.
func checkBooks(t *testing.T, path string) {
	var truth struct {
		Calls, Duplicates, Voice, Losers int64
		Either                           map[string]int64 `json:"either"`
	}
	b, err := os.ReadFile("testdata/demo/truth/truth.json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	for name, into := range map[string]any{
		"calls": &truth.Calls, "duplicates": &truth.Duplicates, "voicecall_records": &truth.Voice,
		"conflict_losers": &truth.Losers, "either": &truth.Either,
	} {
		if err := json.Unmarshal(raw[name], into); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	sums := map[string]int64{}
	for _, row := range readCSV(t, path) {
		for _, c := range []string{"records", "calls", "duplicates", "conflicts", "rejected_records"} {
			n, err := strconv.ParseInt(row[c], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			sums[c] += n
		}
	}
	if got, want := sums["calls"], truth.Calls+truth.Voice; got != want {
		t.Errorf("calls: %d, want %d", got, want)
	}
	if got, want := sums["conflicts"], truth.Losers; got != want {
		t.Errorf("conflicts: %d, want %d", got, want)
	}
	extra := truth.Either["records_if_invalid_utf8_is_repaired"] + truth.Either["records_if_two_objects_are_read"]
	if got, least := sums["duplicates"], truth.Duplicates; got < least || got > least+extra {
		t.Errorf("duplicates: %d, want %d to %d", got, least, least+extra)
	}
	if got := sums["calls"] + sums["duplicates"] + sums["conflicts"] + sums["rejected_records"]; got != sums["records"] {
		t.Errorf("records %d, explained %d", sums["records"], got)
	}
}

// checkRejects finds every piece that the truth says must be refused, by file
// and line; a damaged gzip by file.
func checkRejects(t *testing.T, path string) {
	listed := map[string]bool{}
	for _, row := range readCSV(t, path) {
		listed[row["file"]] = true
		listed[row["file"]+":"+row["line"]] = true
	}
	for _, want := range readCSV(t, "testdata/demo/truth/truth_rejects.csv") {
		place := want["file"]
		if want["member"] != "" {
			place += "/" + want["member"]
		}
		if want["line"] != "0" {
			place += ":" + want["line"]
		}
		if want["policy"] == "must" && !listed[place] {
			t.Errorf("%s: %s is not among the rejects", place, want["reason"])
		}
	}
}

// keyed reads a CSV as key → values, adding up rows of the same key; with a
// month, only that month's rows (or days).
func keyed(t *testing.T, path string, key, value []string, month string) map[string]string {
	t.Helper()
	sums := map[string][]int64{}
	for _, row := range readCSV(t, path) {
		if month != "" && !strings.HasPrefix(row["month"]+row["day"], month) {
			continue
		}
		var k []string
		for _, c := range key {
			k = append(k, strings.TrimSuffix(strings.TrimPrefix(row[c], "unknown("), ")"))
		}
		id := strings.Join(k, " ")
		if sums[id] == nil {
			sums[id] = make([]int64, len(value))
		}
		for i, c := range value {
			n, err := strconv.ParseInt(strings.Replace(row[c], ".", "", 1), 10, 64) // money as fen
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			sums[id][i] += n
		}
	}
	rows := map[string]string{}
	for id, s := range sums {
		rows[id] = joined(s)
	}
	return rows
}

// joined writes numbers with a blank behind each.
func joined(numbers []int64) string {
	var b strings.Builder
	for _, n := range numbers {
		b.WriteString(strconv.FormatInt(n, 10) + " ")
	}
	return b.String()
}

func readCSV(t *testing.T, path string) []map[string]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, c := range r {
			row[all[0][i]] = c
		}
		rows = append(rows, row)
	}
	return rows
}
