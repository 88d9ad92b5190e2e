package reports

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestPeriod(t *testing.T) {
	for _, test := range []struct {
		from, until, name, zh string
		isDays, isMonths      bool
	}{
		{"2026-10-17", "", "2026-10", "2026-10", false, false},
		{"2026-10-01", "2026-11-01", "2026-10", "2026-10", false, false},
		{"2026-07-01", "2026-10-01", "2026-07_2026-09", "2026-07 至 2026-09", false, true},
		{"2025-12-01", "2026-02-01", "2025-12_2026-01", "2025-12 至 2026-01", false, true},
		{"2026-10-05", "2026-10-12", "2026-10-05_2026-10-11", "2026-10-05 至 2026-10-11", true, false},
		{"2026-10-05", "2026-10-06", "2026-10-05", "2026-10-05", true, false},
		{"2026-10-01", "2026-10-31", "2026-10-01_2026-10-30", "2026-10-01 至 2026-10-30", true, false},
	} {
		o := Options{Month: day(test.from)}
		if test.until != "" {
			o.Until = day(test.until)
		}
		if o.Period() != test.name || o.period() != test.zh || o.isDays() != test.isDays || o.isMonths() != test.isMonths {
			t.Errorf("%s to %s: %s, %s, days %t, months %t", test.from, test.until, o.Period(), o.period(), o.isDays(), o.isMonths())
		}
	}
	o := Options{Month: day("2026-10-02"), Until: day("2026-10-02")}
	if _, err := o.normalize(); err == nil {
		t.Error("a period of no day is taken")
	}
}

// Months beside each other add up to what each month shows alone, in rows and in columns.
func TestAcross(t *testing.T) {
	db := mustMarts(t)
	mustExec(t, db, `delete from marts.charges_by_app;
		insert into marts.charges_by_app (month, app_key, total_cny) values
			('2026-08-01', 'a', 1.10), ('2026-09-01', 'a', 2.20), ('2026-09-01', 'b', 4.00), ('2026-10-01', 'c', 9.99)`)
	o := Options{Month: day("2026-08-01"), Until: day("2026-10-01")}
	want := "\ufeffapp_key,2026-08,2026-09,total_cny\nb,,4.00,4.00\na,1.10,2.20,3.30\n"
	var got bytes.Buffer
	if err := Export(t.Context(), db, &got, "totals_by_month", CSV, o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}
