package xtally_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/xtally/xtally"
)

// TestRecordsThatStop has twelve calls an hour until the 20th and none behind.
// While the month runs that may be all there is; once it is over, the hours that
// are busy in other weeks are holes, though no file has come since.
func TestRecordsThatStop(t *testing.T) {
	unraced(t)
	now := time.Date(2026, time.October, 21, 1, 0, 0, 0, time.UTC)
	tally := mustOpen(t, "", xtally.WithClock(func() time.Time { return now }))
	var calls []string
	for hour := range 20 * 24 {
		at := time.Date(2026, time.September, 30, 16, 10, 0, 0, time.UTC).Add(time.Duration(hour) * time.Hour)
		for i := range 12 {
			calls = append(calls, aCall(fmt.Sprintf("h%d-%d", hour, i), at.Format(time.DateTime), 30))
		}
	}
	loadCalls(t, tally, "calls", calls...)
	if got := mustSummary(t, tally, october).Coverage; got.Stamp != "complete" || got.Hours != 20*24 {
		t.Errorf("on the 21st: %s, %d hours, want complete, 480", got.Stamp, got.Hours)
	}

	now = time.Date(2026, time.November, 3, 3, 0, 0, 0, time.UTC)
	mustBuild(t, tally)
	got := mustSummary(t, tally, october).Coverage
	if got.Stamp != "holes" || got.Hours != 31*24 || got.HoleHours != 11*24 || got.FirstHoleAt != "2026-10-21 00:00:00" {
		t.Errorf("in November: %+v, want 264 holes of 744 hours from 2026-10-21 00:00:00 on", got)
	}
}
