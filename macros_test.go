package xtally_test

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestPackedNumbers holds the quick way from a packed number to its normal form
// against the rules for text.
func TestPackedNumbers(t *testing.T) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	macros, err := os.ReadFile("sql/macros.sql")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(macros)); err != nil {
		t.Fatal(err)
	}
	// Lengths on both sides of a rule, and heads that the rules know.
	number := rapid.Custom(func(t *rapid.T) string {
		head := rapid.SampledFrom([]string{"", "+", "+86", "86", "0086", "00", " ", "0"}).Draw(t, "head")
		stem := rapid.SampledFrom([]string{"", "1", "17", "700", "7", "2", "69", "701"}).Draw(t, "stem")
		tail := rapid.StringMatching(`[0-9]{10}|[0-9]{12}|[0-9]{0,16}|(0|9){9,13}|[0-9]{3} [0-9]{4}`).Draw(t, "tail")
		return head + stem + tail
	})
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(number, 1000, 1000).Draw(t, "numbers")
		for i, text := range texts {
			texts[i] = "'" + text + "'"
		}
		var text, packed, plain sql.NullString
		err := db.QueryRow(`select t, packed, plain
			from (
				select t, normal_number(t) as plain, normal_packed(number_of(t), case when is_other(t, number_of(t)) then t end) as packed
				from (select unnest([`+strings.Join(texts, ", ")+`]) as t)
			)
			where packed is distinct from plain`).Scan(&text, &packed, &plain)
		if err != sql.ErrNoRows {
			t.Fatalf("%q: packed gives %v, text %v (%v)", text.String, packed, plain, err)
		}
	})
}
