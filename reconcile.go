package xtally

import (
	"context"
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
}

// Difference is one reason that bill and charges differ.
type Difference struct {
	Reason   string `json:"reason"`
	NameZH   string `json:"name_zh"`
	NameEN   string `json:"name_en"`
	Quantity string `json:"quantity"`
	DiffCNY  string `json:"diff_cny"`
}

// Completeness says whether a month's records are all there.
type Completeness struct {
	Stamp        string `json:"stamp"` // complete, suspect or holes; empty when the month has no hour
	Hours        int64  `json:"hours"`
	HoleHours    int64  `json:"hole_hours"`
	SuspectHours int64  `json:"suspect_hours"`
	MissingCDRs  int64  `json:"missing_cdrs"` // calls with events but no record
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
	rows, err := t.conn.QueryContext(ctx, `select reason, any_value(name_zh), any_value(name_en), trim_zeros(sum(quantity)), trim_zeros(sum(diff_cny))
		from marts.reconciliation_reasons where month = $1::date group by reason, place order by place`, first)
	if err != nil {
		return r, err
	}
	defer rows.Close()
	for rows.Next() {
		var d Difference
		if err := rows.Scan(&d.Reason, &d.NameZH, &d.NameEN, &d.Quantity, &d.DiffCNY); err != nil {
			return r, err
		}
		r.Reasons = append(r.Reasons, d)
	}
	return r, rows.Err()
}

// Coverage reads whether a built month's records are all there.
func (t *Tally) Coverage(ctx context.Context, month Month) (Completeness, error) {
	var c Completeness
	err := t.conn.QueryRowContext(ctx, `select count(*), count(case when status = 'hole' then 1 end), count(case when status = 'suspect' then 1 end),
			(select count(*) from marts.missing_cdrs where month = $1::date)
		from marts.coverage where month = $1::date`, month.String()+"-01").
		Scan(&c.Hours, &c.HoleHours, &c.SuspectHours, &c.MissingCDRs)
	switch {
	case c.HoleHours > 0:
		c.Stamp = "holes"
	case c.SuspectHours > 0:
		c.Stamp = "suspect"
	case c.Hours > 0:
		c.Stamp = "complete"
	}
	return c, err
}
