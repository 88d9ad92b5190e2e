package xtally

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// AlertRules say when something is worth an alert. A zero field means the
// default. They charge nothing: other limits make no month anew.
type AlertRules struct {
	DayCostCNY      string   // a day's cost of an app above this; default "0": no limit
	DayMinutes      int64    // a day's minutes of an app above these; default 0: no limit
	UnusualSpreads  int64    // so many spreads above the median of the same weekday: 5
	UnusualLeastCNY string   // and by at least this much: 10.00
	UnusualLeastMin int64    // or these minutes: 100
	PackageDays     int64    // a package empties or lapses within these days: 30
	PackageLeftPct  int64    // percent of a package that are nearly nothing, and too much to lapse: 10
	ComplaintPct    int64    // percent of the lower complaint limit: 80
	ControlCalls    int64    // at least so many calls of a code a day: 20
	ControlTimes    int64    // and so many times its usual share: 3
	SilentHours     int64    // no record for these hours, where jobs run: 36
	BillDueDay      int64    // day of the next month after which a final bill is late: 5
	MailHours       int64    // a mail waits for these hours: 24
	Off             []string // rules that are switched off, by name
}

// WithAlertRules sets the limits of alerts. Default: those of [AlertRules].
func WithAlertRules(r AlertRules) Option {
	return func(o *options) error {
		o.alerts = r.withDefaults()
		return o.alerts.check(o.sql)
	}
}

func (r AlertRules) withDefaults() AlertRules {
	if r.DayCostCNY == "" {
		r.DayCostCNY = "0"
	}
	if r.UnusualLeastCNY == "" {
		r.UnusualLeastCNY = "10.00"
	}
	for field, value := range map[*int64]int64{
		&r.UnusualSpreads: 5, &r.UnusualLeastMin: 100, &r.PackageDays: 30, &r.PackageLeftPct: 10, &r.ComplaintPct: 80,
		&r.ControlCalls: 20, &r.ControlTimes: 3, &r.SilentHours: 36, &r.BillDueDay: 5, &r.MailHours: 24,
	} {
		if *field == 0 {
			*field = value
		}
	}
	return r
}

func (r AlertRules) check(models fs.FS) error {
	for name, amount := range map[string]string{"day_cost_cny": r.DayCostCNY, "unusual_least_cny": r.UnusualLeastCNY} {
		if !moneyText.MatchString(amount) {
			return fmt.Errorf("alerts: %s %q: want an amount such as 50.00", name, amount)
		}
	}
	for _, v := range r.numbers() {
		if v.value < 0 || v.value > 1e9 {
			return fmt.Errorf("alerts: %s %d: want a number from 0 to 1000000000", v.name, v.value)
		}
	}
	if r.BillDueDay > 31 {
		return fmt.Errorf("alerts: bill_due_day %d: want a day of the month", r.BillDueDay)
	}
	names, err := alertNames(models)
	for _, off := range r.Off {
		if err == nil && !slices.Contains(names, off) {
			return fmt.Errorf("alerts: off: no rule %q; there are %s", off, strings.Join(names, ", "))
		}
	}
	return err
}

type namedNumber struct {
	name  string
	value int64
}

// numbers lists the whole numbers among the limits as the queries name them.
func (r AlertRules) numbers() []namedNumber {
	return []namedNumber{
		{"day_minutes", r.DayMinutes}, {"unusual_spreads", r.UnusualSpreads}, {"unusual_least_min", r.UnusualLeastMin},
		{"package_days", r.PackageDays}, {"package_left_pct", r.PackageLeftPct}, {"complaint_near_pct", r.ComplaintPct},
		{"control_least_calls", r.ControlCalls}, {"control_times", r.ControlTimes}, {"silent_hours", r.SilentHours},
		{"bill_due_day", r.BillDueDay}, {"mail_hours", r.MailHours},
	}
}

// alertNames lists the rules: the files of sql/alerts.
func alertNames(models fs.FS) ([]string, error) {
	files, err := fs.Glob(models, "alerts/*.sql")
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".sql")
	}
	return files, err
}

// Alert is something that a person should look at. Times are Beijing wall
// clock, money is decimal text in CNY and empty where nobody can say.
type Alert struct {
	Key         string `json:"alert_key"` // the same for the same thing
	Rule        string `json:"rule"`
	Tone        string `json:"tone"` // bad or warn
	TitleZH     string `json:"title_zh"`
	TitleEN     string `json:"title_en"`
	Subject     string `json:"subject"` // an app, a package, a job; empty: the account
	Month       string `json:"month"`
	Status      string `json:"status"`
	IsNew       bool   `json:"is_new"` // no mail has told it yet
	SinceAt     string `json:"since_at"`
	FirstSeenAt string `json:"first_seen_at"`
	LastSeenAt  string `json:"last_seen_at"`
	CostCNY     string `json:"cost_cny"`
	DetailZH    string `json:"detail_zh"`
	DetailEN    string `json:"detail_en"`
	NextStepZH  string `json:"next_step_zh"`
	NextStepEN  string `json:"next_step_en"`
}

// Alerts lists the open alerts of a month and of those after it, the gravest
// first, as [Tally.CheckAlerts] noted them. The zero Month lists all. Before the
// first build there are none. The report alerts has those that are over too.
func (t *Tally) Alerts(ctx context.Context, from Month) ([]Alert, error) {
	all := []Alert{}
	if built, err := t.meta(ctx, "built_with"); err != nil || built == "" {
		return all, err
	}
	first := undated
	if from != (Month{}) {
		first = from.String() + "-01"
	}
	return all, t.summarize(ctx, "alerts", first, &all)
}

// CheckAlerts asks every rule and notes what is new, what still holds and what
// is over; [Tally.Run] does so after each build. What was noted is never
// changed, so the history outlives every rebuild.
func (t *Tally) CheckAlerts(ctx context.Context) error {
	if built, err := t.meta(ctx, "built_with"); err != nil || built == "" {
		return err
	}
	return t.transact(ctx, func() error {
		if err := t.askRules(ctx); err != nil {
			return fmt.Errorf("alerts: %w", err)
		}
		q, err := t.o.readSQL("closing/alerts.sql")
		if err == nil {
			_, err = t.conn.ExecContext(ctx, "insert into raw.alerts by name ("+q+")", t.now())
		}
		if err != nil {
			return fmt.Errorf("alerts: %w", err)
		}
		return t.exec(ctx, "drop table alerts_now")
	})
}

// askRules puts what every rule finds into the temporary table alerts_now.
func (t *Tally) askRules(ctx context.Context) error {
	r := t.o.alerts
	set := []string{
		"set variable alert_now = timestamp " + quote(t.now()),
		"set variable alert_day_cost_cny = cast(" + quote(r.DayCostCNY) + " as decimal(18, 2))",
		"set variable alert_unusual_least_cny = cast(" + quote(r.UnusualLeastCNY) + " as decimal(18, 2))",
		"create or replace temp table alerts_now (rule varchar, subject varchar, bucket varchar, month date, " +
			"since_at timestamp, cost_cny decimal(18, 2), detail_zh varchar, detail_en varchar)",
	}
	for _, v := range r.numbers() {
		set = append(set, fmt.Sprintf("set variable alert_%s = %d", v.name, v.value))
	}
	if err := t.exec(ctx, set...); err != nil {
		return err
	}
	names, err := alertNames(t.o.sql)
	if err != nil {
		return err
	}
	for _, name := range names {
		if slices.Contains(r.Off, name) {
			continue
		}
		q, err := t.o.readSQL("alerts/" + name + ".sql")
		if err == nil {
			err = t.exec(ctx, "insert into alerts_now by name ("+q+")")
		}
		if err != nil {
			return fmt.Errorf("rule %s: %w", name, err)
		}
	}
	return nil
}

// toldAlerts notes that a mail has told these, so that the next one counts
// only what is new.
func (t *Tally) toldAlerts(ctx context.Context, alerts []Alert) error {
	for _, a := range alerts {
		if !a.IsNew {
			continue
		}
		_, err := t.conn.ExecContext(ctx, `insert into raw.alerts
			select alert_key, last_change_no + 1, 'told', cast($2 as timestamp), rule, subject, month, since_at, cost_cny, detail_zh, detail_en
			from staging.alerts where alert_key = $1`, a.Key, t.now())
		if err != nil {
			return fmt.Errorf("alert %s: %w", a.Key, err)
		}
	}
	return nil
}
