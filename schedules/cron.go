package schedules

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// This file is all we use of robfig/cron: its reading of crontab fields and
// its search for the next time. Its runner looks at the machine's clock alone,
// and gives jobs neither a context nor a way to return an error, so running
// them is ours.

// parse reads a crontab line and returns the search for the next time after a
// moment.
func parse(line string, zone *time.Location) (func(time.Time) time.Time, error) {
	if strings.Contains(line, "TZ=") {
		return nil, fmt.Errorf("cron %q: the zone is a setting of its own; give it as zone", line)
	}
	parser := cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	schedule, err := parser.Parse(line)
	if err != nil {
		return nil, fmt.Errorf("cron %q: %w; want minute hour day month weekday, such as 30 2 * * *", line, err)
	}
	next := schedule.Next
	if spec, ok := schedule.(*cron.SpecSchedule); ok {
		spec.Location = zone
		if hasSetHours(line) {
			spec.Location = time.UTC
			next = onWall(spec.Next, zone)
		}
	}
	if next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("cron %q: no such day ever comes", line)
	}
	return func(after time.Time) time.Time {
		if t := next(after); !t.IsZero() {
			return t
		}
		return after.AddDate(5, 0, 0) // the search ends there; it goes on from there
	}, nil
}

// hasSetHours tells whether a line names hours, as @daily does, rather than
// running through all of them.
func hasSetHours(line string) bool {
	fields := strings.Fields(line)
	switch len(fields) {
	case 5:
		return !strings.HasPrefix(fields[1], "*")
	case 6:
		return !strings.HasPrefix(fields[2], "*")
	}
	return line != "@hourly"
}

// onWall searches on the wall clock of a zone, read as if it were UTC, which
// has no gaps: left alone, a search in the zone leaves out a job of 02:30 on
// the day that has none, and runs it twice on the day that has two.
func onWall(next func(time.Time) time.Time, zone *time.Location) func(time.Time) time.Time {
	return func(after time.Time) time.Time {
		local := after.In(zone)
		wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), time.UTC)
		// In the hour that comes twice, the second pass reads as the first did.
		// And a time moved out of a gap reads as later than it was meant.
		wall = wall.Add(-gap(after, zone))
		for {
			if wall = next(wall); wall.IsZero() {
				return wall
			}
			if at := onClock(wall, zone); at.After(after) {
				return at
			}
		}
	}
}

// gap is by how much the zone's clock changes within a day of a moment.
func gap(at time.Time, zone *time.Location) time.Duration {
	_, before := at.Add(-24 * time.Hour).In(zone).Zone()
	_, after := at.Add(24 * time.Hour).In(zone).Zone()
	return max(time.Duration(after-before), time.Duration(before-after)) * time.Second
}

// onClock returns the moment a zone's clock shows wall: the first of two, and
// where there is none, as much later as the clock jumps.
func onClock(wall time.Time, zone *time.Location) time.Time {
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	early := wall.Add(-time.Duration(before) * time.Second).In(zone)
	late := wall.Add(-time.Duration(after) * time.Second).In(zone)
	if _, o := early.Zone(); o == before || before == after {
		return early
	}
	if _, o := late.Zone(); o == after {
		return late
	}
	return early
}
