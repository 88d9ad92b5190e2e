package reports

import (
	"strings"
	"testing"
)

// One person has one code, however the number is written; two have two, and
// another key gives others.
func TestNumberKey(t *testing.T) {
	db := mustMarts(t)
	code := func(number, key string) string {
		t.Helper()
		var code string
		if err := db.QueryRow("select coalesce(" + numberKey("n", key) + ", 'none') from (select " + quoteText(number) + " as n)").Scan(&code); err != nil {
			t.Fatal(err)
		}
		return code
	}
	want := code("+8613812345678", "k1")
	for _, same := range []string{"8613812345678", "13812345678", "008613812345678"} {
		if got := code(same, "k1"); got != want {
			t.Errorf("%s has %s, want %s", same, got, want)
		}
	}
	for _, other := range []string{code("+8613812345679", "k1"), code("+8613812345678", "k2"), code("+85213812345678", "k1"), code("", "k1")} {
		if other == want {
			t.Errorf("another has the same: %s", other)
		}
	}
	if got := code("", "k1"); got != "none" {
		t.Errorf("no number has %s", got)
	}
	if len(want) != 16 || strings.Trim(want, "0123456789abcdef") != "" {
		t.Errorf("code %s", want)
	}
}

// With a key, the code stands beside the masked number.
func TestNumberKeyColumn(t *testing.T) {
	o := october()
	o.NumberKey = "k1"
	head, _, _ := strings.Cut(mustExport(t, "calls", CSV, o), "\n")
	if !strings.Contains(head, "caller_number,caller_key,callee_number,callee_key,") {
		t.Error(head)
	}
}
