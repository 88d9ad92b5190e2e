package xtally_test

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// macros opens an empty database that knows the macros.
func macros(t *testing.T) *sql.DB {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	text, err := os.ReadFile("sql/macros.sql")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(text)); err != nil {
		t.Fatal(err)
	}
	return db
}

// TestStoredForms: what is stored shorter than it came reads as it came.
func TestStoredForms(t *testing.T) {
	unraced(t)
	db := macros(t)
	for _, test := range []struct{ name, query string }{
		{"a number beside the X number", `
			with numbers as (
				select unnest([null, '', '0', '1', '01', '+1', '17000000001', '017000000001', '+8617000000001']) as t
			)
			select x.t || ' ' || n.t from numbers as x, numbers as n
			where number_text(number_beside(number_of(x.t), stored_beside(number_of(x.t), number_of(n.t))), null) is distinct from n.t`},
		{"a number stored once", `
			select 'twice' where stored_beside(number_of('+8617000000001'), number_of('+8617000000001')) <> -1`},
		{"an icid and a binding", `
			select coalesce(t, 'null') || ' ' || coalesce(other, 'null')
			from (
				select unnest([
					null, '', '1', '0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef.1.2',
					'0123456789ABCDEF0123456789abcdef.1', 'fedcba98-7654-3210-fedc-ba9876543210',
					'FEDCBA98-7654-3210-fedc-ba9876543210', '{fedcba98-7654-3210-fedc-ba9876543210}', 'fedcba9876543210fedcba9876543210'
				]) as t
			) as texts
			cross join (select unnest(['', '1', '0123456789abcdef0123456789abcdef.1.2', '0123456789abcdef0123456789abcdef']) as other) as others
			where icid_text(hex_of(t), rest_of(t)) is distinct from nullif(t, '')
				or binding_text(uuid_of(t), case when uuid_of(t) is null then t end) is distinct from nullif(t, '')
				or is_icid(hex_of(t), rest_of(t), t) is distinct from (case when t is not null then true end)
				or coalesce(is_icid(hex_of(t), rest_of(t), other), false) <> coalesce(t = other, false)`},
		{"a call id", `
			select call_text(id)
			from (select unnest([0, 1, 4294967295, 4294967296, 9223372036854775808, 18446744073709551615]::ubigint[]) as id)
			where call_of_text(call_text(id)) <> id or length(call_text(id)) <> 17`},
		{"the hash of a call", `
			select call_text(call_hash('app-a', 'icid:c-1')) where call_text(call_hash('app-a', 'icid:c-1')) <> left(sha256('app-a|icid:c-1'), 8) || '-' || substr(sha256('app-a|icid:c-1'), 9, 8)`},
	} {
		var wrong sql.NullString
		if err := db.QueryRow(test.query).Scan(&wrong); err != sql.ErrNoRows {
			t.Errorf("%s: %q (%v)", test.name, wrong.String, err)
		}
	}
}

// TestPackedNumbers holds the quick way from a packed number to its normal form
// against the rules for text.
func TestPackedNumbers(t *testing.T) {
	unraced(t)
	db := macros(t)
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
