package reports

import (
	"context"
	"fmt"
	"time"
)

// first returns the first day of the period as its date reads, in UTC.
func (o Options) first() time.Time {
	day := 1
	if !o.Until.IsZero() {
		day = o.Month.Day()
	}
	return time.Date(o.Month.Year(), o.Month.Month(), day, 0, 0, 0, 0, time.UTC)
}

// until returns the first day after the period, likewise.
func (o Options) until() time.Time {
	if o.Until.IsZero() {
		return o.first().AddDate(0, 1, 0)
	}
	return time.Date(o.Until.Year(), o.Until.Month(), o.Until.Day(), 0, 0, 0, 0, time.UTC)
}

// isDays tells a period that is not made of whole months. Rent, packages and what
// else belongs to a month are not in it.
func (o Options) isDays() bool { return o.first().Day() != 1 || o.until().Day() != 1 }

// isMonths tells a period of several whole months.
func (o Options) isMonths() bool { return !o.isDays() && o.first().AddDate(0, 1, 0).Before(o.until()) }

// months returns the first day of each month of the period.
func (o Options) months() []time.Time {
	var all []time.Time
	for m := o.first(); m.Before(o.until()); m = m.AddDate(0, 1, 0) {
		all = append(all, m)
	}
	return all
}

// ends returns the first and the last month or day of the period as people write them.
func (o Options) ends() (from, to string) {
	last := o.until().AddDate(0, 0, -1)
	if o.isDays() {
		return o.first().Format(time.DateOnly), last.Format(time.DateOnly)
	}
	return o.first().Format("2006-01"), last.Format("2006-01")
}

// Period returns the period as files are named after it: 2026-10, 2026-07_2026-09
// or 2026-10-05_2026-10-11.
func (o Options) Period() string {
	from, to := o.ends()
	if from == to {
		return from
	}
	return from + "_" + to
}

// period returns the period as people write it.
func (o Options) period() string {
	from, to := o.ends()
	if from == to {
		return from
	}
	return o.Lang.Pick(from+" 至 "+to, from+" to "+to)
}

// bounds returns the first day of the period and the first after it as SQL dates.
func (o Options) bounds() (from, to string) {
	return "date '" + o.first().Format(time.DateOnly) + "'", "date '" + o.until().Format(time.DateOnly) + "'"
}

// charges names the report that the period's total is summed from.
func (o Options) charges() string {
	if o.isDays() {
		return "charges_by_app_day"
	}
	return "charges_by_app"
}

// dayColumn returns the column by which a relation is cut to days, if it can be.
func dayColumn(types map[string]string) string {
	for _, name := range []string{"date", "hour_at", "slot_at", "ended_at"} {
		if types[name] != "" {
			return name
		}
	}
	return ""
}

// periodFilter returns the predicate that cuts a relation with these columns to the
// period; intervals are from ≤ x < to.
func periodFilter(types map[string]string, o Options) string {
	from, to := o.bounds()
	day := dayColumn(types)
	switch {
	case o.isDays() && day != "":
		return "t." + day + " >= " + from + " and t." + day + " < " + to
	case types["month"] != "":
		return "t.month >= date_trunc('month', " + from + ") and t.month < " + to
	case day == "date" || day == "hour_at":
		return "t." + day + " >= " + from + " and t." + day + " < " + to
	case types["month_from"] != "" && types["month_to"] != "":
		return "coalesce(t.month_from < " + to + ", true) and coalesce(t.month_to >= date_trunc('month', " + from + "), true)"
	}
	return "true"
}

// tellable leaves out the reports that a period has no figures for: over days those
// that only know months, over one month those that set months beside each other.
// With names given, one left out is an error.
func tellable(ctx context.Context, db Queryer, chosen []Report, o Options) ([]Report, error) {
	var kept []Report
	for _, r := range chosen {
		reason := ""
		switch {
		case r.Across != nil && !o.isMonths():
			reason = "sets months beside each other; give a period of several"
		case o.isDays():
			found, err := describeColumns(ctx, db, r.Name)
			if err != nil {
				return nil, fmt.Errorf("report %s: %w", r.Name, err)
			}
			if types := typesOf(found); types["month"] != "" && dayColumn(types) == "" {
				reason = "knows whole months only; give months, such as 2026-10"
			}
		}
		if reason == "" {
			kept = append(kept, r)
		} else if len(o.Names) > 0 {
			return nil, fmt.Errorf("report %s: %s", r.Name, reason)
		}
	}
	return kept, nil
}
