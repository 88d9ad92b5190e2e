package xtally

import (
	"fmt"
	"time"
)

// beijing is the zone of hours, days and bill months. China has had no summer
// time since 1991, so a fixed zone is exact and needs no zone data.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// Month is a bill month, Beijing time.
type Month struct{ first time.Time }

// MonthOf returns a bill month.
func MonthOf(year int, month time.Month) Month {
	return Month{time.Date(year, month, 1, 0, 0, 0, 0, beijing)}
}

// ParseMonth reads "2026-10", "last" (the month before now) or "current".
func ParseMonth(text string, now time.Time) (Month, error) {
	now = now.In(beijing)
	switch text {
	case "current":
		return MonthOf(now.Year(), now.Month()), nil
	case "last":
		return MonthOf(now.Year(), now.Month()-1), nil
	}
	t, err := time.ParseInLocation("2006-01", text, beijing)
	if err != nil {
		return Month{}, fmt.Errorf("month %q: want YYYY-MM, last or current", text)
	}
	return Month{t}, nil
}

// String returns the month as 2026-10.
func (m Month) String() string { return m.first.Format("2006-01") }

// IsZero tells whether no month was set.
func (m Month) IsZero() bool { return m.first.IsZero() }

// over tells whether the month has ended at a moment.
func (m Month) over(now time.Time) bool { return !now.Before(m.first.AddDate(0, 1, 0)) }
