package xtally

import (
	"context"
	"database/sql"
	"fmt"
)

// Reconciliation is a month's charges beside the vendor's bill. Money is
// decimal text in CNY.
type Reconciliation struct {
	HasBill        bool         `json:"has_bill"`
	IsFinal        bool         `json:"is_final"` // the bill in force is the one issued on the 3rd, not a day's
	OursCNY        string       `json:"ours_cny"`
	BillCNY        string       `json:"bill_cny"`
	DiffCNY        string       `json:"diff_cny"`        // bill less ours
	UnexplainedCNY string       `json:"unexplained_cny"` // without a reason in any slot, rows with unknown names included, signs ignored
	Reasons        []Difference `json:"reasons"`         // add up to DiffCNY, the unexplained first
	Exceeds        bool         `json:"exceeds_tolerance"`
	BetterRules    *BorderRules `json:"better_rules"` // that the bill fits better than those in force; nil if none
}

// Difference is one reason that bill and charges differ.
type Difference struct {
	Reason   string `json:"reason"`
	NameZH   string `json:"name_zh"`
	NameEN   string `json:"name_en"`
	Quantity string `json:"quantity"`
	DiffCNY  string `json:"diff_cny"`
}

// BorderRules are the two rules the vendor does not document, as the bill fits
// them, beside those in force. They are never switched by themselves.
type BorderRules struct {
	SettleBy              string `json:"settle_by"`
	ZeroSecondMin         string `json:"zero_second_min"`
	DifferingMin          string `json:"differing_min"` // over the hours that differ
	DifferingHours        int64  `json:"differing_hours"`
	SettleByInForce       string `json:"settle_by_in_force"`
	ZeroSecondMinInForce  string `json:"zero_second_min_in_force"`
	DifferingMinInForce   string `json:"differing_min_in_force"`
	DifferingHoursInForce int64  `json:"differing_hours_in_force"`
}

// Completeness says whether a month's records are all there. Times are Beijing
// wall clock; days are counted from the last event known.
type Completeness struct {
	Stamp        string `json:"stamp"` // complete, suspect or holes; empty when the month has no hour
	Hours        int64  `json:"hours"`
	HoleHours    int64  `json:"hole_hours"`
	SuspectHours int64  `json:"suspect_hours"`
	FirstHoleAt  string `json:"first_hole_at"`    // empty without a hole
	MissingCDRs  int64  `json:"missing_cdrs"`     // calls with events but no record
	Recoverable  int64  `json:"recoverable_cdrs"` // of them, still in the vendor's console
	DaysLeft     int64  `json:"days_left"`        // for the first of them that goes
}

// BillDiffersError is returned by Run, after the reports are written, when more
// than the tolerance of the bill is without a reason.
type BillDiffersError struct {
	Month          Month
	UnexplainedCNY string
	ToleranceCNY   string
}

func (e *BillDiffersError) Error() string {
	return fmt.Sprintf("reconcile %s: %s CNY of the bill are unexplained, beyond the tolerance of %s CNY; see reports reconciliation_reasons and bill_names",
		e.Month, e.UnexplainedCNY, e.ToleranceCNY)
}

// Reconcile reads how a built month compares with the bills loaded for it.
func (t *Tally) Reconcile(ctx context.Context, month Month) (Reconciliation, error) {
	r := Reconciliation{Reasons: []Difference{}}
	first := month.String() + "-01"
	err := t.conn.QueryRowContext(ctx, `select
			count(*) > 0,
			coalesce((select bool_and(is_final) from marts.bill_files where month = $1::date and status = 'in_force'), false),
			trim_zeros(coalesce(sum(ours_cny), 0)), trim_zeros(coalesce(sum(bill_cny), 0)), trim_zeros(coalesce(sum(diff_cny), 0))
		from marts.reconciliation where month = $1::date`, first).
		Scan(&r.HasBill, &r.IsFinal, &r.OursCNY, &r.BillCNY, &r.DiffCNY)
	if err != nil {
		return r, err
	}
	q, err := t.o.readSQL("summary/unexplained.sql")
	if err != nil {
		return r, err
	}
	err = t.conn.QueryRowContext(ctx, "select trim_zeros(unexplained_cny), unexplained_cny > cast($2 as decimal(18, 2)) from ("+q+")", first, t.o.rules.BillToleranceCNY).
		Scan(&r.UnexplainedCNY, &r.Exceeds)
	if err != nil {
		return r, err
	}
	var better []BorderRules
	if err := t.summarize(ctx, "better_rules", first, &better); err != nil {
		return r, err
	}
	if len(better) > 0 {
		r.BetterRules = &better[0]
	}
	r.Reasons, err = collect(ctx, t, func(r *sql.Rows, d *Difference) error {
		return r.Scan(&d.Reason, &d.NameZH, &d.NameEN, &d.Quantity, &d.DiffCNY)
	}, `select reason, any_value(name_zh), any_value(name_en), trim_zeros(sum(quantity)), trim_zeros(sum(diff_cny))
		from marts.reconciliation_reasons where month = $1::date group by reason, place order by place`, first)
	return r, err
}

// state is none, provisional or final.
func (r Reconciliation) state() string {
	switch {
	case !r.HasBill:
		return "none"
	case r.IsFinal:
		return "final"
	}
	return "provisional"
}

// Coverage reads whether a built month's records are all there.
func (t *Tally) Coverage(ctx context.Context, month Month) (Completeness, error) {
	var c []Completeness
	if err := t.summarize(ctx, "coverage", month.String()+"-01", &c); err != nil {
		return Completeness{}, err
	}
	return c[0], nil
}
