package main

import (
	"fmt"
	"path/filepath"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// What --json prints: snake_case names, seconds, months as text, money as
// decimal text, lists that are never null. Scripts rely on these names.

type loadJSON struct {
	Loaded  int        `json:"files_loaded"`
	Known   int        `json:"files_known"`
	AsSeen  int        `json:"files_as_seen"` // of the known: unread, by size, inode and times
	Grown   int        `json:"files_grown"`
	Records int64      `json:"records"`
	Files   []fileJSON `json:"files"`
	Failed  []string   `json:"failed"`
	Seconds float64    `json:"seconds"`
	// Books are those of all that waits to be built; run has them per file.
	Books *xtally.Books `json:"to_build,omitempty"`
}

type fileJSON struct {
	Name     string `json:"file"`
	SHA256   string `json:"sha256"`
	Bytes    int64  `json:"bytes"`
	Lines    int64  `json:"lines"`
	Bodies   int64  `json:"bodies"`
	Records  int64  `json:"records"`
	Events   int64  `json:"events"`
	Messages int64  `json:"messages"`
	Statuses int64  `json:"statuses"`
	Rejects  int64  `json:"rejects"`
	Status   string `json:"status"`
	KnownAs  string `json:"known_as,omitempty"`
}

type buildJSON struct {
	Months  []string `json:"months"`
	Undated bool     `json:"undated"`
	Checks  int      `json:"checks"`
	Seconds float64  `json:"seconds"`
	// Adjustments are what the build found in closed months.
	Adjustments []xtally.Adjustment `json:"adjustments"`
}

type reportJSON struct {
	File   string `json:"file"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// builtJSON is what build prints; run has the tables beside the build.
type builtJSON struct {
	buildJSON
	Tables []xtally.InputTable `json:"tables"`
}

type billJSON struct {
	Name          string   `json:"file"`
	SHA256        string   `json:"sha256"`
	Kind          string   `json:"kind,omitempty"`
	Months        []string `json:"months"`
	Rows          int64    `json:"rows"`
	PrivateRows   int64    `json:"private_number_rows"`
	OtherRows     int64    `json:"other_rows"`
	OtherProducts string   `json:"other_products,omitempty"`
	Final         bool     `json:"final"`
	Status        string   `json:"status"`
	KnownAs       string   `json:"known_as,omitempty"`
}

type runJSON struct {
	Bills   []billJSON          `json:"bills"`
	Tables  []xtally.InputTable `json:"tables"`
	Load    loadJSON            `json:"load"`
	Build   buildJSON           `json:"build"`
	Reports []reportJSON        `json:"reports"`
	Summary xtally.Summary      `json:"summary"`
	// Bill is how the month compares with its bill, Coverage whether its records are all there.
	Bill     xtally.Reconciliation `json:"bill"`
	Coverage xtally.Completeness   `json:"coverage"`
}

func loadAsJSON(r xtally.LoadResult) loadJSON {
	j := loadJSON{
		Loaded: r.Loaded, Known: r.Known, AsSeen: r.AsSeen, Grown: r.Grown, Records: r.Records,
		Files: []fileJSON{}, Failed: []string{}, Seconds: r.Duration.Seconds(),
	}
	for _, f := range r.Files {
		j.Files = append(j.Files, fileJSON{
			Name: f.Name, SHA256: f.SHA256, Bytes: f.Bytes, Lines: f.Lines, Bodies: f.Bodies,
			Records: f.Records, Events: f.Events, Messages: f.Messages, Statuses: f.Statuses,
			Rejects: f.Rejects, Status: f.Status, KnownAs: f.Detail,
		})
	}
	for _, err := range r.Failed {
		j.Failed = append(j.Failed, err.Error())
	}
	return j
}

func billsAsJSON(bills []xtally.Bill) []billJSON {
	all := []billJSON{}
	for _, b := range bills {
		all = append(all, billJSON{
			Name: b.Name, SHA256: b.SHA256, Kind: b.Kind, Months: append([]string{}, b.Months...), Rows: b.Rows,
			PrivateRows: b.PrivateRows, OtherRows: b.OtherRows, OtherProducts: b.OtherProducts, Final: b.Final,
			Status: b.Status, KnownAs: b.Detail,
		})
	}
	return all
}

func buildAsJSON(r xtally.BuildResult) buildJSON {
	j := buildJSON{Months: []string{}, Undated: r.Undated, Checks: r.Checks, Seconds: r.Duration.Seconds()}
	j.Adjustments = append([]xtally.Adjustment{}, r.Adjustments...)
	for _, m := range r.Months {
		j.Months = append(j.Months, m.String())
	}
	return j
}

func (a *app) reportsAsJSON(period fmt.Stringer, files []reports.File) []reportJSON {
	all := []reportJSON{}
	for _, f := range files {
		path := filepath.ToSlash(filepath.Join(a.settings.Out, period.String(), f.Name))
		all = append(all, reportJSON{File: path, Rows: f.Rows, Bytes: f.Bytes, SHA256: f.SHA256})
	}
	return all
}

func (a *app) runAsJSON(month xtally.Month, r xtally.RunResult) runJSON {
	r.Summary.Apps = append([]xtally.AppSummary{}, r.Summary.Apps...)
	return runJSON{billsAsJSON(r.Bills), r.Tables, loadAsJSON(r.Load), buildAsJSON(r.Build), a.reportsAsJSON(month, r.Reports), r.Summary, r.Bill, r.Coverage}
}

func statusAsJSON(s xtally.Status) xtally.Status {
	s.ToBuild = append([]string{}, s.ToBuild...)
	s.Months = append([]xtally.MonthStatus{}, s.Months...)
	return s
}
