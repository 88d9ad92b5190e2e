package archive

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
)

const (
	// eventLag is how many slots event files are written after the fee file of
	// the same time: a call becomes known by its end, its first event may be
	// more than an hour older.
	eventLag = 2
	// maxRepeats is how often the vendor pushes a body again.
	maxRepeats = 6
)

// generator writes the month slot by slot, so that only what is to be sent
// again later is kept.
type generator struct {
	cfg     Config
	line    *timeline
	fleet   *fleet
	dialer  dialer
	encoder encoder
	tally   *tally
	packer  *packer

	sending  *rand.Rand // delays, repeats, batches
	layout   *rand.Rand // forms and dirt
	messages *rand.Rand
	versions *rand.Rand // conflicts

	queue     [kindCount][][]body // bodies by slot
	late      [][]entry           // records by slot, to be sent again
	smsNo     int
	dirtQueue [kindCount][]*dirtItem // the item whose turn it is comes first
}

func (g *generator) run(ctx context.Context) error {
	if g.cfg.Events {
		g.numberStatuses()
	}
	for slot := range g.line.slots + eventLag {
		if err := ctx.Err(); err != nil {
			return err
		}
		if slot < g.line.slots {
			if err := g.feeFile(slot); err != nil {
				return err
			}
		}
		if err := g.queuedFiles(slot - eventLag); err != nil {
			return err
		}
	}
	return nil
}

// queuedFiles writes the files of a slot that hold one message a body.
func (g *generator) queuedFiles(slot int) error {
	if slot < 0 {
		return nil
	}
	for k := kindEvent; k < kindCount; k++ {
		if len(g.queue[k][slot]) == 0 {
			continue
		}
		f := g.newFile(k, slot)
		f.bodies = g.take(k, slot)
		sortBodies(f.bodies)
		g.soil(f, onBodies)
		if err := g.write(f); err != nil {
			return err
		}
	}
	return nil
}

// feeFile invents the calls that end in a slot and writes the slot's fee file.
func (g *generator) feeFile(slot int) error {
	if g.nothingIn(slot) {
		return nil
	}
	f := g.newFile(kindFee, slot)
	f.entries, g.late[slot] = g.late[slot], nil
	from, to := g.line.hoursOf(slot)
	for hour := from; hour < to; hour++ {
		g.hour(f, hour)
	}
	slices.SortStableFunc(f.entries, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	g.soil(f, onEntries)
	f.bodies = g.batches(f)
	for _, b := range f.bodies {
		g.repeat(kindFee, b)
	}
	f.bodies = append(f.bodies, g.take(kindFee, slot)...)
	sortBodies(f.bodies)
	g.soil(f, onBodies)
	return g.write(f)
}

func (g *generator) nothingIn(slot int) bool {
	from, to := g.line.hoursOf(slot)
	for _, calls := range g.line.hourCalls[from:to] {
		if calls > 0 {
			return false
		}
	}
	return len(g.late[slot]) == 0 && len(g.queue[kindFee][slot]) == 0
}

// hour invents the calls that end in one hour.
func (g *generator) hour(f *file, hour int) {
	for n := g.line.hourCalls[hour]; n > 0; n-- {
		c := g.dialer.next(g.line.endIn(hour, g.dialer.rng))
		g.emit(f, c, c.end)
		if n > 1 && chance(g.dialer.rng, g.cfg.RedialRate) {
			n--
			g.tally.truth.Redials++
			g.emit(f, g.dialer.redial(&c), c.end)
		}
		if chance(g.dialer.rng, g.cfg.LostRate) {
			g.lose(g.dialer.next(g.line.endIn(hour, g.dialer.rng)))
		}
		if chance(g.dialer.rng, g.cfg.VoiceCallRate) {
			g.voice(f, g.line.endIn(hour, g.dialer.rng))
		}
	}
}

// emit counts a call and sends its record, perhaps again and perhaps in two
// versions. end orders records whose own times are blank.
func (g *generator) emit(f *file, c call, end int64) {
	c.noICID = f.dropICID && g.layout.IntN(8) == 0
	c.noBind = f.dropBind && g.layout.IntN(8) == 0
	first := entry{at: end + 1 + int64(g.sending.IntN(4)), call: c, style: g.recordStyle(f)}
	f.entries = append(f.entries, first)
	counts := c
	if c.end != 0 && chance(g.versions, g.cfg.ConflictRate) {
		counts = g.conflict(f, first)
	}
	if chance(g.sending, g.cfg.RebatchRate) {
		again := first
		again.class = classCopy
		again.style = g.otherStyle(first.style)
		again.at = g.later(first.at)
		g.schedule(f, again)
	}
	g.tally.call(&counts)
	if g.cfg.Events {
		g.callEvents(&c)
	}
	if chance(g.messages, float64(g.cfg.SMSPerThousandCalls)/1000) {
		g.message(end)
	}
}

// schedule puts an entry into the file of its time, at the earliest into f.
func (g *generator) schedule(f *file, e entry) {
	if slot := g.line.slotOf(e.at); slot > f.slot {
		g.late[slot] = append(g.late[slot], e)
		return
	}
	f.entries = append(f.entries, e)
}

// conflict sends a second version of a record and returns the one that counts.
func (g *generator) conflict(f *file, first entry) call {
	other := first
	other.class = classVersion
	other.at = g.later(first.at)
	differs := g.alter(&other.call)
	g.schedule(f, other)
	winner, loser := &first.call, &other.call
	if outranks(loser, winner) {
		winner, loser = loser, winner
	}
	g.tally.truth.Conflicts = append(g.tally.truth.Conflicts, g.conflictOf(winner, loser, differs))
	return *winner
}

// alter changes the end or the release code of a call and names the member.
func (g *generator) alter(c *call) (member string) {
	switch g.versions.IntN(3) {
	case 0:
		c.end += 1 + int64(g.versions.IntN(90))
		return "callEndTime"
	case 1:
		if spare := c.duration(); spare > 1 {
			c.end -= 1 + int64(g.versions.IntN(int(min(spare-1, 60))))
			return "callEndTime"
		}
	}
	if c.code == 8011 {
		c.code = 8020
	} else {
		c.code = 8011
	}
	return "ulFailReason"
}

func (g *generator) conflictOf(winner, loser *call, differs string) Conflict {
	x := &g.fleet.numbers[winner.x]
	c := Conflict{
		AppKey: g.fleet.apps[x.app], XNumber: x.text, Differs: differs,
		SessionID: string(g.encoder.sessionID(nil, winner)),
		WinnerEnd: utcText(winner.end), LoserEnd: utcText(loser.end),
		WinnerCode: winner.code, LoserCode: loser.code,
		WinnerMinutes: winner.minutes(), LoserMinutes: loser.minutes(),
	}
	if !winner.noICID {
		c.ICID = string(g.encoder.icid(nil, winner))
	}
	return c
}

// lose sends the events of a call whose record never came.
func (g *generator) lose(c call) {
	g.callEvents(&c)
	g.tally.truth.LostCalls++
	g.tally.truth.Lost = append(g.tally.truth.Lost, LostCall{
		SessionID: string(g.encoder.sessionID(nil, &c)), XNumber: g.fleet.numbers[c.x].text,
		Answer: utcText(c.answer), End: utcText(c.end), Minutes: c.minutes(),
	})
}

// voice sends a record of the sister product.
func (g *generator) voice(f *file, end int64) {
	rng := g.dialer.rng
	v := &voiceCall{
		serial: g.dialer.serial, app: rng.IntN(len(g.fleet.apps)), end: end,
		callee: phone(138_00000000 + rng.IntN(100_000_000)), begin: end - 10 - int64(rng.IntN(200)),
	}
	g.dialer.serial++
	f.entries = append(f.entries, entry{at: end + 1, class: classVoice, voice: v})
}

// repeat pushes a body again, each time with the same chance.
func (g *generator) repeat(k kind, b body) {
	at := b.at
	for range maxRepeats {
		if b.huge || !chance(g.sending, g.cfg.RepushRate) {
			return
		}
		at = g.later(at)
		slot := g.line.slotOf(at)
		g.queue[k][slot] = append(g.queue[k][slot], b.repeat(at))
	}
}

// repeatDelays are the vendor's, in seconds after the first push.
var repeatDelays = [...]int64{60, 240, 540, 6360, 12180, 18000}

// later returns when something sent at a moment is sent again: mostly minutes
// later, sometimes the next day, near the month's end in the next month.
func (g *generator) later(at int64) int64 {
	if at < g.line.monthTo && at > g.line.monthTo-2*dayS && g.sending.IntN(2) == 0 {
		return g.line.monthTo + int64(g.sending.IntN(6*hourS))
	}
	if g.sending.IntN(6) == 0 {
		return at + dayS
	}
	n := 3 // the first three come within minutes
	if g.sending.IntN(4) == 0 {
		n = len(repeatDelays)
	}
	return at + repeatDelays[g.sending.IntN(n)]
}

// take empties a queue.
func (g *generator) take(k kind, slot int) []body {
	bodies := g.queue[k][slot]
	g.queue[k][slot] = nil
	return bodies
}

func sortBodies(bodies []body) {
	slices.SortStableFunc(bodies, func(a, b body) int { return cmp.Compare(a.at, b.at) })
}

func chance(rng *rand.Rand, share float64) bool { return share > 0 && rng.Float64() < share }

// utcText is appendUTC as text, "" for no time.
func utcText(at int64) string {
	if at == 0 {
		return ""
	}
	return string(appendUTC(nil, at))
}
