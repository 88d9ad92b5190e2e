package xtally

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xtally/xtally/reports"
)

// Job is one run: what to load, which month to report, where to.
type Job struct {
	Archive []string // files, folders or globs of callback archives
	Tables  Tables   // prices, packages, numbers, complaints and stats, if any
	Bill    []string // files, folders or globs of the vendor's bill, if any
	Month   Month
	Out     string // reports go to Out/YYYY-MM; empty: load and build only
	Report  ReportOptions
}

// RunResult says what a run did, and the month's figures.
type RunResult struct {
	Tables  []InputTable
	Bills   []Bill
	Load    LoadResult
	Build   BuildResult
	Reports []reports.File
	Summary Summary
	// Bill is how the month compares with the bills loaded for it, Coverage
	// whether its records are all there.
	Bill     Reconciliation
	Coverage Completeness
}

// Run loads, builds and reports. It reads the tables and the bill first:
// one with an error ([*TableError]) stops it before anything is charged. Reports are written only
// when every check held and the archive held a callback at all
// ([ErrNoCallbacks]). Files that could not be opened are listed in
// RunResult.Load.Failed and returned as the error after the reports are written,
// so that one bad file neither stops a night nor goes unseen; a bill that differs
// beyond the tolerance is returned so too ([*BillDiffersError]).
func (t *Tally) Run(ctx context.Context, job Job) (RunResult, error) {
	var r RunResult
	err := t.LoadTables(ctx, job.Tables)
	if err != nil {
		return r, err
	}
	if r.Tables, err = t.InputTables(ctx); err != nil {
		return r, err
	}
	if len(job.Bill) > 0 {
		if r.Bills, err = t.LoadBill(ctx, job.Bill...); err != nil {
			return r, err
		}
	}
	if r.Load, err = t.load(ctx, job.Archive, job.Out); err != nil {
		return r, err
	}
	if !r.Load.hasCallbacks() {
		// An empty report over last night's good one would be worse than none.
		return r, errors.Join(append(r.Load.Failed, fmt.Errorf("load %s: %w; check --archive", strings.Join(job.Archive, ", "), ErrNoCallbacks))...)
	}
	if err := t.ask(ctx, job.Month); err != nil {
		return r, err
	}
	if r.Build, err = t.Build(ctx); err != nil {
		return r, err
	}
	if err := t.CheckAlerts(ctx); err != nil {
		return r, err
	}
	if job.Out == "" {
		return r, errors.Join(r.Load.Failed...)
	}
	if r.Reports, r.Summary, err = t.reportJob(ctx, job); err != nil {
		return r, err
	}
	r.Bill, r.Coverage = r.Summary.Bill, r.Summary.Coverage
	failed := r.Load.Failed
	if r.Bill.Exceeds {
		failed = append(slices.Clone(failed), &BillDiffersError{job.Month, r.Bill.UnexplainedCNY, t.o.rules.BillToleranceCNY})
	}
	return r, errors.Join(failed...)
}

// ask notes that a month is asked for: without a single call it has rent to pay. Of
// months to come nothing is due.
func (t *Tally) ask(ctx context.Context, month Month) error {
	if month.IsZero() || month.first.After(t.o.now()) {
		return nil
	}
	first := month.String() + "-01"
	_, err := t.conn.ExecContext(ctx, "insert into raw.asked_months select cast($1 as date) where cast($1 as date) not in (select month from raw.asked_months)", first)
	return err
}
