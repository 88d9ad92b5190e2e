package main

import "github.com/xtally/xtally"

// alertSettings is the section alerts of the settings file. An empty key is
// the default of xtally.AlertRules.
type alertSettings struct {
	DayCostCNY      string `yaml:"day_cost_cny"`
	DayMinutes      int64  `yaml:"day_minutes"`
	UnusualSpreads  int64  `yaml:"unusual_spreads"`
	UnusualLeastCNY string `yaml:"unusual_least_cny"`
	UnusualLeastMin int64  `yaml:"unusual_least_min"`
	PackageDays     int64  `yaml:"package_days"`
	PackageLeftPct  int64  `yaml:"package_left_pct"`
	ComplaintPct    int64  `yaml:"complaint_near_pct"`
	ControlCalls    int64  `yaml:"control_least_calls"`
	ControlTimes    int64  `yaml:"control_times"`
	SilentHours     int64  `yaml:"silent_hours"`
	BillDueDay      int64  `yaml:"bill_due_day"`
	MailHours       int64  `yaml:"mail_hours"`
	Off             list   `yaml:"off"`
}

func (s alertSettings) rules() xtally.AlertRules {
	return xtally.AlertRules{
		DayCostCNY: s.DayCostCNY, DayMinutes: s.DayMinutes,
		UnusualSpreads: s.UnusualSpreads, UnusualLeastCNY: s.UnusualLeastCNY, UnusualLeastMin: s.UnusualLeastMin,
		PackageDays: s.PackageDays, PackageLeftPct: s.PackageLeftPct, ComplaintPct: s.ComplaintPct,
		ControlCalls: s.ControlCalls, ControlTimes: s.ControlTimes,
		SilentHours: s.SilentHours, BillDueDay: s.BillDueDay, MailHours: s.MailHours, Off: s.Off,
	}
}

const sampleAlerts = `
# When a run is to raise an alert. 0 and empty are the defaults given here.
#alerts:
#  day_cost_cny: 0          # a day's cost of an app above this; 0: no limit
#  day_minutes: 0           # a day's minutes of an app above these; 0: no limit
#  unusual_spreads: 5       # a day so many spreads above the app's last four same weekdays,
#  unusual_least_cny: 10.00 # and by at least this much,
#  unusual_least_min: 100   # or these minutes
#  package_days: 30         # a package empties, or lapses in part, within these days
#  package_left_pct: 10     # percent that are nearly nothing left, or too much to lapse
#  complaint_near_pct: 80   # percent of the lower complaint limit
#  control_least_calls: 20  # calls a day refused with one code of risk control or bindings,
#  control_times: 3         # and so many times the code's usual share
#  silent_hours: 36         # no record for these hours, where jobs run
#  bill_due_day: 5          # of the next month, after which the final bill is late
#  mail_hours: 24           # a mail waits for these hours
#  off: []                  # rules that are switched off, such as [day_unusual]
`
