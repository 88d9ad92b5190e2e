package xtally_test

import (
	"encoding/csv"
	"math/big"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// Every column of every sheet has words in both languages: one that lacks them would
// show its name in the database.
func TestEveryColumnHasWords(t *testing.T) {
	unraced(t)
	t.Parallel()
	tally := mustOpen(t, "")
	mustLoad(t, tally, "testdata/bill_agrees/in")
	mustLoadBill(t, tally, "testdata/bill_agrees/bill")
	mustBuild(t, tally)
	bare := regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)+$`)
	for _, lang := range []reports.Lang{reports.ZH, reports.EN} {
		dir := t.TempDir()
		o := xtally.ReportOptions{Formats: []reports.Format{reports.XLSX}, Lang: lang}
		if _, err := tally.Report(t.Context(), dir, october, o); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenFile(filepath.Join(dir, "2026-10", "xtally-2026-10.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		sheets := 0
		for _, r := range reports.All() {
			if at, err := f.GetSheetIndex(r.Title(lang)); err != nil || at < 0 {
				continue // of several months, or on request
			}
			sheets++
			rows, err := f.Rows(r.Title(lang))
			if err != nil {
				t.Fatal(err)
			}
			rows.Next()
			heads, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			rows.Close()
			for _, h := range heads {
				if h == "" || bare.MatchString(h) {
					t.Errorf("%s in %s has a column %q", r.Name, lang, h)
				}
			}
		}
		if sheets < 40 {
			t.Errorf("%d sheets looked at in %s", sheets, lang)
		}
	}
}

// The totals of a sheet, live formulas and stored values alike, are the sums of the CSV.
func TestSheetTotalsAreTheSumsOfTheCSV(t *testing.T) {
	unraced(t)
	t.Parallel()
	tally := mustOpen(t, "")
	mustLoad(t, tally, "testdata/demo/in")
	mustBuild(t, tally)
	dir := t.TempDir()
	o := xtally.ReportOptions{Formats: []reports.Format{reports.CSV, reports.XLSX}, Lang: reports.EN}
	if _, err := tally.Report(t.Context(), dir, october, o); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(filepath.Join(dir, "2026-10", "xtally-2026-10.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	compared := 0
	for _, r := range reports.All() {
		if at, err := f.GetSheetIndex(r.Title(reports.EN)); err != nil || at < 0 || !r.Totals {
			continue
		}
		rows, err := f.GetRows(r.Title(reports.EN), excelize.Options{RawCellValue: true})
		if err != nil || len(rows) < 3 {
			continue // nothing to sum
		}
		last := rows[len(rows)-1]
		text := string(mustRead(t, filepath.Join(dir, "2026-10", r.Name+".csv")))
		names, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).Read()
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range names {
			if i == 0 || i >= len(last) || last[i] == "" {
				continue
			}
			cell, err := excelize.CoordinatesToCellName(i+1, len(rows))
			if err != nil {
				t.Fatal(err)
			}
			formula, err := f.GetCellFormula(r.Title(reports.EN), cell)
			if err != nil || !strings.HasPrefix(formula, "SUBTOTAL(109,") {
				t.Errorf("%s %s: the total is no live sum but %q, %v", r.Name, name, formula, err)
			}
			want := sumDecimals(t, text, name)
			if got, ok := new(big.Rat).SetString(last[i]); !ok || got.Cmp(want) != 0 {
				t.Errorf("%s %s: the sheet's total is %s, the CSV's sum %s", r.Name, name, last[i], want.FloatString(6))
			}
			compared++
		}
	}
	if compared < 60 {
		t.Errorf("%d totals compared", compared)
	}
}

func sumDecimals(t *testing.T, text, name string) *big.Rat {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], name)
	sum := new(big.Rat)
	for _, row := range rows[1:] {
		if row[at] == "" {
			continue
		}
		v, ok := new(big.Rat).SetString(row[at])
		if !ok {
			t.Fatalf("%s: %q", name, row[at])
		}
		sum.Add(sum, v)
	}
	return sum
}
