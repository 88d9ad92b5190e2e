package schedules

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestNext(t *testing.T) {
	tests := map[string]struct {
		cron, zone, after string
		want              []string
	}{
		"nightly in Beijing": {"30 2 * * *", "Asia/Shanghai", "2026-10-31T02:30:00+08:00",
			[]string{"2026-11-01T02:30:00+08:00", "2026-11-02T02:30:00+08:00"}},
		"Mondays": {"0 8 * * 1", "Asia/Shanghai", "2026-12-27T00:00:00Z",
			[]string{"2026-12-28T08:00:00+08:00", "2027-01-04T08:00:00+08:00"}},
		"the 3rd, over the year's end": {"0 11 3 * *", "Asia/Shanghai", "2026-11-03T11:00:00+08:00",
			[]string{"2026-12-03T11:00:00+08:00", "2027-01-03T11:00:00+08:00"}},
		"the 31st comes in seven months": {"0 0 31 * *", "Asia/Shanghai", "2026-01-31T00:00:00+08:00",
			[]string{"2026-03-31T00:00:00+08:00", "2026-05-31T00:00:00+08:00", "2026-07-31T00:00:00+08:00"}},
		"leap day": {"0 12 29 2 *", "Asia/Shanghai", "2026-03-01T00:00:00Z",
			[]string{"2028-02-29T12:00:00+08:00", "2032-02-29T12:00:00+08:00"}},
		"leap day, over 2100, which has none": {"0 12 29 2 *", "UTC", "2096-03-01T00:00:00Z",
			[]string{"2101-03-01T00:00:00Z", "2104-02-29T12:00:00Z"}},
		"seconds in front": {"15 30 2 * * *", "UTC", "2026-10-01T02:30:14Z",
			[]string{"2026-10-01T02:30:15Z", "2026-10-02T02:30:15Z"}},
		"@daily": {"@daily", "Asia/Shanghai", "2026-10-01T00:00:00+08:00",
			[]string{"2026-10-02T00:00:00+08:00"}},

		// New York leaves out 02:00 to 03:00 on 8 March 2026 and has 01:00 to
		// 02:00 twice on 1 November 2026.
		"a time left out comes an hour later": {"30 2 * * *", "America/New_York", "2026-03-07T02:30:00-05:00",
			[]string{"2026-03-08T03:30:00-04:00", "2026-03-09T02:30:00-04:00"}},
		"started within the hour before it": {"30 2 * * *", "America/New_York", "2026-03-08T03:10:00-04:00",
			[]string{"2026-03-08T03:30:00-04:00", "2026-03-09T02:30:00-04:00"}},
		"a time that comes twice counts once": {"30 1 * * *", "America/New_York", "2026-10-31T01:30:00-04:00",
			[]string{"2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"}},
		"started in the second pass": {"30 1 * * *", "America/New_York", "2026-11-01T01:10:00-05:00",
			[]string{"2026-11-02T01:30:00-05:00"}},
		"started in the second pass, due after it": {"15 2 * * *", "America/New_York", "2026-11-01T01:50:00-05:00",
			[]string{"2026-11-01T02:15:00-05:00", "2026-11-02T02:15:00-05:00"}},
		"every hour is every real hour in spring": {"0 * * * *", "America/New_York", "2026-03-08T01:00:00-05:00",
			[]string{"2026-03-08T03:00:00-04:00", "2026-03-08T04:00:00-04:00"}},
		"every hour is every real hour in autumn": {"0 * * * *", "America/New_York", "2026-11-01T01:00:00-04:00",
			[]string{"2026-11-01T01:00:00-05:00", "2026-11-01T02:00:00-05:00"}},

		// Lord Howe changes its clock by half an hour: 02:00 to 02:30 on
		// 4 October 2026 is left out.
		"half an hour left out": {"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T02:15:00+10:30",
			[]string{"2026-10-04T02:45:00+11:00", "2026-10-05T02:15:00+11:00"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			after, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			s, err := New([]Job{{Name: "job", Cron: tt.cron, Zone: zone(t, tt.zone)}}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, at := range s.Next("job", after, len(tt.want)) {
				got = append(got, at.Format(time.RFC3339))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("times (-want +got):\n%s", diff)
			}
		})
	}
}

// A job once a day runs once on each day of ten years, in every kind of zone.
func TestDailyIsDaily(t *testing.T) {
	for _, name := range []string{"Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca"} {
		z := zone(t, name)
		for _, cron := range []string{"0 0 * * *", "30 1 * * *", "30 2 * * *"} {
			next, err := parse(cron, z)
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2024, 1, 1, 12, 0, 0, 0, z)
			for day := time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC); day.Year() < 2034; day = day.AddDate(0, 0, 1) {
				at = next(at).In(z)
				if at.Format(time.DateOnly) != day.Format(time.DateOnly) {
					t.Fatalf("%s, %s: ran at %v, want on %s", name, cron, at, day.Format(time.DateOnly))
				}
			}
		}
	}
}

func TestWrongTimetables(t *testing.T) {
	tests := map[string]struct {
		jobs []Job
		want string
	}{
		"no name":       {[]Job{{Cron: "0 0 * * *"}}, "a job without a name"},
		"a name twice":  {[]Job{{Name: "a", Cron: "0 0 * * *"}, {Name: "a", Cron: "0 0 * * *"}}, `two jobs are named "a"`},
		"no such hour":  {[]Job{{Name: "a", Cron: "0 25 * * *"}}, `job "a": cron "0 25 * * *": end of range (25) above maximum (23)`},
		"no such day":   {[]Job{{Name: "a", Cron: "0 0 30 2 *"}}, `job "a": cron "0 0 30 2 *": no such day ever comes`},
		"a zone inside": {[]Job{{Name: "a", Cron: "CRON_TZ=Asia/Tokyo 0 0 * * *"}}, "give it as zone"},
		"empty":         {[]Job{{Name: "a"}}, `job "a": cron ""`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := New(tt.jobs, Options{}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
