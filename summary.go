package xtally

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Summary is a bill month in figures. Money is decimal text in CNY.
type Summary struct {
	Month       string       `json:"month"`
	Provisional bool         `json:"provisional"` // the month is not over
	Calls       int64        `json:"call_count"`
	Answered    int64        `json:"answered_count"`
	BilledMin   int64        `json:"billed_min"`
	Messages    int64        `json:"sms_count"`
	TotalCNY    string       `json:"total_cny"`
	Apps        []AppSummary `json:"apps"`
	DailyMin    []int64      `json:"daily_billed_min"` // of each day of the month
	Duplicates  int64        `json:"duplicates"`       // of the whole database, like all below
	Conflicts   int64        `json:"conflicts"`
	Rejects     int64        `json:"rejects"`
	Undated     int64        `json:"undated_calls"`
	OtherCalls  int64        `json:"other_product_calls"` // VoiceCall records, not charged
	Unconfirmed int64        `json:"axyb_calls"`          // whose X number is not confirmed (domain 13)
	Facts       Facts        `json:"facts"`
	Closed      *Closing     `json:"closed"` // nil while the month is open
	Alerts      []Alert      `json:"alerts"` // open ones, of this month and later
	// Bill and Coverage are printed beside the summary.
	Bill     Reconciliation `json:"-"`
	Coverage Completeness   `json:"-"`
}

// AppSummary is one application's month.
type AppSummary struct {
	AppKey    string `json:"app_key"`
	Calls     int64  `json:"call_count"`
	BilledMin int64  `json:"billed_min"`
	Messages  int64  `json:"sms_count"`
	TotalCNY  string `json:"total_cny"`
}

// Summary reads a month's figures from the marts.
func (t *Tally) Summary(ctx context.Context, month Month) (Summary, error) {
	s := Summary{Month: month.String(), Provisional: !month.over(t.o.now())}
	first := month.String() + "-01"
	err := t.conn.QueryRowContext(ctx, `select
			cast(coalesce(sum(call_count), 0) as bigint), cast(coalesce(sum(answered_count), 0) as bigint),
			cast(coalesce(sum(billed_min), 0) as bigint), cast(coalesce(sum(sms_count), 0) as bigint),
			cast(cast(coalesce(sum(total_cny), 0) as decimal(18, 2)) as varchar)
		from marts.charges_by_app where month = cast(? as date)`, first).
		Scan(&s.Calls, &s.Answered, &s.BilledMin, &s.Messages, &s.TotalCNY)
	if err != nil {
		return s, err
	}
	err = t.conn.QueryRowContext(ctx, `select
			cast(coalesce(sum(duplicates), 0) as bigint), cast(coalesce(sum(conflicts), 0) as bigint), cast(coalesce(sum(rejects), 0) as bigint),
			(select count(*) from calls.calls where month = undated() and outcome <> 'other_product'),
			(select count(*) from calls.calls where month = cast(? as date) and outcome = 'other_product') + (select coalesce(sum(other_call_count), 0) from raw.pruned_months where month = cast(? as date)),
			(select count(*) from calls.calls where month = cast(? as date)
				and route_no in (select route_no from identity.routes where month = cast(? as date) and mode = 'AXYB')) + (select coalesce(sum(axyb_call_count), 0) from raw.pruned_months where month = cast(? as date))
		from marts.files`, first, first, first, first, first).
		Scan(&s.Duplicates, &s.Conflicts, &s.Rejects, &s.Undated, &s.OtherCalls, &s.Unconfirmed)
	if err != nil {
		return s, err
	}
	var days []struct {
		BilledMin int64 `json:"billed_min"`
	}
	if err := t.summarize(ctx, "days", first, &days); err != nil {
		return s, err
	}
	for _, d := range days {
		s.DailyMin = append(s.DailyMin, d.BilledMin)
	}
	if s.Facts, err = t.facts(ctx, first); err != nil {
		return s, err
	}
	if s.Bill, err = t.Reconcile(ctx, month); err != nil {
		return s, err
	}
	if s.Coverage, err = t.Coverage(ctx, month); err != nil {
		return s, err
	}
	if s.Alerts, err = t.Alerts(ctx, month); err != nil {
		return s, err
	}
	closed, err := t.closing(ctx, month)
	if err == nil {
		s.Closed = &closed
	} else if !errors.Is(err, ErrNotClosed) {
		return s, err
	}
	s.Apps, err = collect(ctx, t, func(r *sql.Rows, a *AppSummary) error {
		return r.Scan(&a.AppKey, &a.Calls, &a.BilledMin, &a.Messages, &a.TotalCNY)
	}, `select app_key, call_count, billed_min, sms_count, cast(total_cny as varchar)
		from marts.charges_by_app where month = cast(? as date) order by total_cny desc, app_key`, first)
	return s, err
}

// Status is what a database holds.
type Status struct {
	Files        int64         `json:"files"`
	DamagedFiles int64         `json:"damaged_files"`
	Records      int64         `json:"records"`
	LastLoadAt   time.Time     `json:"last_load_at"` // UTC; zero when nothing was loaded
	ToBuild      []string      `json:"months_to_build"`
	Months       []MonthStatus `json:"months"`
	Closings     []Closing     `json:"closings"` // reopened ones too
	Pruned       []PrunedMonth `json:"pruned"`
}

// MonthStatus is one built month.
type MonthStatus struct {
	Month    string `json:"month"`
	Calls    int64  `json:"call_count"`
	TotalCNY string `json:"total_cny"`
	// Stamp is that of Completeness; Bill is none, provisional or final.
	Stamp          string `json:"stamp"`
	Bill           string `json:"bill"`
	DiffCNY        string `json:"diff_cny"` // bill less ours, packages included
	UnexplainedCNY string `json:"unexplained_cny"`
}

// Status tells what the database holds and what waits to be built.
func (t *Tally) Status(ctx context.Context) (Status, error) {
	var s Status
	var last sql.NullTime
	err := t.conn.QueryRowContext(ctx, `select count(*), count(case when status = 'damaged' then 1 end),
		cast(coalesce(sum(record_count), 0) as bigint), max(loaded_at) from raw.files`).Scan(&s.Files, &s.DamagedFiles, &s.Records, &last)
	if err != nil {
		return s, err
	}
	s.LastLoadAt = last.Time
	if s.Pruned, err = t.PrunedMonths(ctx); err != nil {
		return s, err
	}
	if s.Closings, err = t.Closings(ctx); err != nil {
		return s, err
	}
	if s.ToBuild, err = t.ToBuild(ctx); err != nil {
		return s, err
	}
	built, err := t.meta(ctx, "built_with")
	if err != nil || built == "" {
		return s, err
	}
	s.Months, err = collect(ctx, t, func(r *sql.Rows, m *MonthStatus) error { return r.Scan(&m.Month, &m.Calls, &m.TotalCNY) },
		`select strftime(month, '%Y-%m'), cast(sum(call_count) as bigint), cast(sum(total_cny) as varchar)
		from marts.charges_by_app where month > undated() group by month order by month`)
	if err != nil {
		return s, err
	}
	for i := range s.Months {
		if err := t.addBillStatus(ctx, &s.Months[i]); err != nil {
			return s, err
		}
	}
	return s, nil
}

// ToBuild names the months of which something was loaded that is not built yet, as
// "2026-10", and as "undated" what has no time. It asks for nothing else of Status, which
// looks at every month.
func (t *Tally) ToBuild(ctx context.Context) ([]string, error) {
	return t.texts(ctx, "select distinct case when month = undated() then 'undated' else strftime(month, '%Y-%m') end from raw.months_to_build order by 1")
}

// Built names the months that reports can be written of, as "2026-10", ascending: none
// before the first build.
func (t *Tally) Built(ctx context.Context) ([]string, error) {
	built, err := t.meta(ctx, "built_with")
	if err != nil || built == "" {
		return nil, err
	}
	return t.texts(ctx, "select distinct strftime(month, '%Y-%m') from marts.charges_by_app where month > undated() order by 1")
}

// addBillStatus adds whether a month's records are all there, and its bill.
func (t *Tally) addBillStatus(ctx context.Context, m *MonthStatus) error {
	month, err := ParseMonth(m.Month, t.o.now())
	if err != nil {
		return err
	}
	c, err := t.Coverage(ctx, month)
	if err != nil {
		return err
	}
	r, err := t.Reconcile(ctx, month)
	if err != nil {
		return err
	}
	m.Stamp, m.Bill, m.DiffCNY, m.UnexplainedCNY = c.Stamp, r.state(), r.DiffCNY, r.UnexplainedCNY
	return nil
}
