package archive

import (
	"math/rand/v2"
	"time"
)

const (
	hourS = 60 * 60
	dayS  = 24 * hourS

	// Calls of the neighbouring months lie this close to the border.
	edgeS = 2 * hourS
	// Repeats reach this far past the month's end.
	tailS = 26 * hourS
)

// timeline cuts the month and its edges into slots, one file of each kind a
// slot. All times are Unix seconds.
type timeline struct {
	monthFrom, monthTo int64 // the bill month, half open
	start              int64 // of slot 0, a whole hour or day in UTC
	slotS              int64 // length of a slot
	slots              int
	hourCalls          []int // calls that end in each hour from start on
}

// hourWeights is a day of traffic by Beijing hour.
var hourWeights = [24]float64{
	3, 2, 1, 1, 1, 3, 8, 20, 45, 70, 78, 72, 55, 58, 66, 70, 74, 68, 55, 46, 40, 28, 14, 6,
}

func newTimeline(cfg Config, rng *rand.Rand) (*timeline, error) {
	from, to, err := cfg.monthBounds()
	if err != nil {
		return nil, err
	}
	t := &timeline{monthFrom: from, monthTo: to, slotS: hourS}
	if cfg.FilesPer == PerDay {
		t.slotS = dayS
	}
	t.start = (from - edgeS) / t.slotS * t.slotS
	t.slots = int((to+tailS-t.start)/t.slotS) + 1
	t.spread(cfg.Calls, rng)
	return t, nil
}

// slotOf returns the slot of a moment; what lies outside goes to the nearest.
func (t *timeline) slotOf(at int64) int {
	return int(max(0, min(int64(t.slots-1), (at-t.start)/t.slotS)))
}

// slotStart returns the first second of a slot.
func (t *timeline) slotStart(slot int) int64 { return t.start + int64(slot)*t.slotS }

// hoursOf returns the range of hours a slot covers.
func (t *timeline) hoursOf(slot int) (from, to int) {
	n := int(t.slotS / hourS)
	return slot * n, (slot + 1) * n
}

// spread deals the calls to the hours by running sums, so they add up exactly.
func (t *timeline) spread(calls int, rng *rand.Rand) {
	weights := t.weights(rng)
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	t.hourCalls = make([]int, len(weights))
	run, dealt := 0.0, 0
	for h, w := range weights {
		run += w
		upTo := min(calls, int(run/sum*float64(calls)+0.5))
		t.hourCalls[h] = upTo - dealt
		dealt = upTo
	}
	t.hourCalls[t.busiest()] += calls - dealt
	t.fillEdges()
}

// weights returns the traffic of each hour: by day, quieter at weekends, and
// little of the neighbouring months.
func (t *timeline) weights(rng *rand.Rand) []float64 {
	weights := make([]float64, int64(t.slots)*t.slotS/hourS)
	for h := range weights {
		at := t.start + int64(h)*hourS
		if at < t.monthFrom-edgeS || at >= t.monthTo+edgeS {
			continue // repeats only
		}
		local := time.Unix(at, 0).In(beijing)
		w := hourWeights[local.Hour()] * (0.85 + 0.3*rng.Float64())
		switch local.Weekday() {
		case time.Saturday, time.Sunday:
			w *= 0.7
		}
		if at < t.monthFrom || at >= t.monthTo {
			w *= 0.2
		}
		weights[h] = w
	}
	return weights
}

// fillEdges makes sure the hours at both borders have a few calls: those are
// the ones a wrong time zone charges to the wrong month. They are taken from
// the busiest hours.
func (t *timeline) fillEdges() {
	const few = 4
	for _, border := range []int64{t.monthFrom, t.monthTo} {
		for _, at := range []int64{border - hourS, border} {
			edge := (at - t.start) / hourS
			for t.hourCalls[edge] < few {
				busiest := t.busiest()
				if t.hourCalls[busiest] <= few {
					return // too few calls to go round
				}
				t.hourCalls[busiest]--
				t.hourCalls[edge]++
			}
		}
	}
}

func (t *timeline) busiest() int {
	best := 0
	for h, calls := range t.hourCalls {
		if calls > t.hourCalls[best] {
			best = h
		}
	}
	return best
}

// endIn returns a second in which a call of an hour ends. Next to a border two
// in five end within a second of it.
func (t *timeline) endIn(hour int, rng *rand.Rand) int64 {
	from := t.start + int64(hour)*hourS
	switch {
	case (from == t.monthFrom || from == t.monthTo) && rng.IntN(5) < 2:
		return from + int64(rng.IntN(2))
	case (from+hourS == t.monthFrom || from+hourS == t.monthTo) && rng.IntN(5) < 2:
		return from + hourS - 1 - int64(rng.IntN(2))
	}
	return from + int64(rng.IntN(hourS))
}
