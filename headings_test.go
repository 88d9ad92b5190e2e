package xtally_test

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// Every column of every sheet has words in both languages: one that lacks them would
// show its name in the database.
func TestEveryColumnHasWords(t *testing.T) {
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
