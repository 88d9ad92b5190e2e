package xtally

import (
	"context"
	"encoding/json"
	"fmt"
)

// Facts are what a reader of a month's total should know beside it. Money,
// percentages and minutes with a fraction are decimal text, times Beijing.
type Facts struct {
	Tables       []InputTable    `json:"tables"` // the charges were made with
	Numbers      NumberFacts     `json:"numbers"`
	Packages     []PackageFacts  `json:"packages"`
	PackageCosts []PackageCost   `json:"package_costs"`
	Complaints   *ComplaintFacts `json:"complaints"` // nil when no number was in use and none complained of
	Savings      SavingFacts     `json:"savings"`
	LastMonth    *LastMonth      `json:"last_month"`     // nil when nothing is known of it
	Advice       *AdviceFacts    `json:"package_advice"` // nil when nothing is known
}

// LastMonth is the month before, and how this one's total differs from it.
type LastMonth struct {
	Month     string `json:"month"` // YYYY-MM
	BilledMin int64  `json:"billed_min"`
	TotalCNY  string `json:"total_cny"`
	ChangeCNY string `json:"change_cny"` // this month's total less that
	ChangePct string `json:"change_pct"` // empty when there was no charge
}

// NumberFacts count the X numbers held or used in a month.
type NumberFacts struct {
	Count           int64 `json:"number_count"`
	Guessed         int64 `json:"guessed_count"` // not in the number table: kind guessed from the prefix
	ReturnedButUsed int64 `json:"returned_but_used_count"`
}

// PackageFacts are one item of a package at the month's end. Quantities are
// minutes, or messages when Item is sms.
type PackageFacts struct {
	PackageID         string `json:"package_id"`
	Item              string `json:"item"` // call or sms
	Bought            int64  `json:"bought"`
	UsedBefore        int64  `json:"used_before"`
	Used              int64  `json:"used_in_month"`
	Left              int64  `json:"left_over"`
	EndsAt            string `json:"ends_at"`
	PriceCNY          string `json:"price_cny"` // with item call; empty with sms
	ForecastEmptyDate string `json:"forecast_empty_date"`
	ForecastLapsing   int64  `json:"forecast_lapsing"`
	PaceDays          int64  `json:"pace_days"` // whose use the forecast goes on with
	Status            string `json:"status"`
}

// PackageCost is an app's share of what was paid for packages in force; AppKey is
// (unused) for packages nobody has used yet.
type PackageCost struct {
	AppKey  string `json:"app_key"`
	UsedMin string `json:"used_min"`
	UsedSMS string `json:"used_sms"` // of packages without minutes
	CostCNY string `json:"cost_cny"`
	RestCNY string `json:"rest_cny"` // of the apps behind it in the list
}

// ComplaintFacts are a month's complaint rate and its two documented limits.
type ComplaintFacts struct {
	Count                   int64  `json:"complaint_count"`
	NumbersInUse            int64  `json:"numbers_in_use"`
	RatePct                 string `json:"rate_pct"`
	LimitPct                string `json:"limit_pct"`
	LimitFAQPct             string `json:"limit_faq_pct"`
	ProjectedCount          int64  `json:"projected_count"`
	ProjectedRatePct        string `json:"projected_rate_pct"`
	Status                  string `json:"status"`
	IsOverLimit             bool   `json:"is_over_limit"`
	IsOverLimitFAQ          bool   `json:"is_over_limit_faq"`
	IsProjectedOverLimit    bool   `json:"is_projected_over_limit"`
	IsProjectedOverLimitFAQ bool   `json:"is_projected_over_limit_faq"`
}

// SavingFacts are idle numbers and what rounding up to minutes adds.
type SavingFacts struct {
	IdleCount          int64  `json:"idle_count"`
	IdleSavingCNY      string `json:"idle_saving_cny"` // a month, once they are returned
	ReturnByDate       string `json:"return_by_date"`
	BilledMin          int64  `json:"billed_min"`
	TalkedMin          string `json:"talked_min"`
	RoundUpOverheadPct string `json:"round_up_overhead_pct"` // empty when nobody talked
}

// AdviceFacts are the cheapest way to buy a year of minutes; PackageCount 0 is
// paying per use.
type AdviceFacts struct {
	PackageCount  int64  `json:"package_count"`
	PackageMin    int64  `json:"package_min"`
	PackageSMS    int64  `json:"package_sms"`
	PriceCNY      string `json:"price_cny"`
	DayCount      int64  `json:"day_count"` // of use, that the year is worked out from
	YearMin       int64  `json:"year_min"`
	YearCostCNY   string `json:"year_cost_cny"`
	YearSavingCNY string `json:"year_saving_cny"` // against paying per use
}

// facts reads a month's facts from the marts, given its first day.
func (t *Tally) facts(ctx context.Context, first string) (Facts, error) {
	var f Facts
	var numbers []NumberFacts
	var complaints []ComplaintFacts
	var savings []SavingFacts
	var advice []AdviceFacts
	var before []LastMonth
	for _, q := range []struct {
		name string
		into any
	}{
		{"tables", &f.Tables},
		{"numbers", &numbers},
		{"packages", &f.Packages},
		{"package_costs", &f.PackageCosts},
		{"complaints", &complaints},
		{"savings", &savings},
		{"advice", &advice},
		{"last_month", &before},
	} {
		if err := t.summarize(ctx, q.name, first, q.into); err != nil {
			return f, fmt.Errorf("summary %s: %w", q.name, err)
		}
	}
	f.Numbers, f.Savings = numbers[0], savings[0]
	if len(complaints) > 0 {
		f.Complaints = &complaints[0]
	}
	if len(before) > 0 {
		f.LastMonth = &before[0]
	}
	if len(advice) > 0 {
		f.Advice = &advice[0]
	}
	return f, nil
}

// summarize reads the rows of a query of sql/summary, whose columns bear the
// JSON names of the fields.
func (t *Tally) summarize(ctx context.Context, name, first string, into any) error {
	q, err := t.o.readSQL("summary/" + name + ".sql")
	if err != nil {
		return err
	}
	var rows string
	err = t.conn.QueryRowContext(ctx, "select cast(coalesce(to_json(list(answer)), '[]') as varchar) from ("+q+") as answer", first).Scan(&rows)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(rows), into)
}

// table returns the table of that name the charges were made with.
func (f Facts) table(name string) (InputTable, bool) {
	for _, t := range f.Tables {
		if t.Name == name {
			return t, true
		}
	}
	return InputTable{}, false
}
