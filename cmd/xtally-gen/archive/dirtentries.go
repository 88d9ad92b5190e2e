package archive

import "slices"

// addEntry puts a record that must be refused between a file's others.
func (g *generator) addEntry(f *file, e entry) {
	e.class = classRejected
	at := g.layout.IntN(len(f.entries) + 1)
	if at < len(f.entries) {
		e.at = f.entries[at].at
	} else {
		e.at = g.line.slotStart(f.slot) + 1
		at = 0
	}
	f.entries = slices.Insert(f.entries, at, e)
}

// strayCall invents an answered call that is counted nowhere. It draws from
// the dirt's own stream: dirt must not change the other calls.
func (g *generator) strayCall(f *file) call {
	end := g.line.slotStart(f.slot) + 1 + g.layout.Int64N(g.line.slotS-1)
	stray := g.dialer
	stray.rng = g.layout
	for {
		c := stray.next(end)
		if c.duration() > 1 {
			g.dialer.serial = stray.serial // ids stay unique
			return c
		}
	}
}

func addEndBeforeAnswer(g *generator, f *file) {
	c := g.strayCall(f)
	c.end = c.answer - 1
	g.addEntry(f, entry{call: c, reason: "end_before_answer"})
}

func addAnsweredWithoutEnd(g *generator, f *file) {
	c := g.strayCall(f)
	c.end = 0
	g.addEntry(f, entry{call: c, reason: "answered_without_end"})
}

// badTimes cannot be read as a time by anyone.
var badTimes = [...]string{"2026-13-45 99:99:99", "not a time", "2026-10-01 25:61:00", "2026-10-32 10:00:00"}

func addBadAnswerTime(g *generator, f *file) {
	c := g.strayCall(f)
	c.answerText = badTimes[g.layout.IntN(len(badTimes))]
	g.addEntry(f, entry{call: c, reason: "bad_time"})
}

// addRaw puts something into a feeLst that is no object.
func addRaw(text string) func(*generator, *file) {
	return func(g *generator, f *file) {
		g.addEntry(f, entry{call: call{}, raw: text, reason: "record_not_object"})
	}
}
