package archive

import (
	"math/rand/v2"
	"strconv"
)

const (
	// maxCalls keeps a call's serial inside the nine digits an icid has for it.
	maxCalls = 500_000_000
	// answeredOf1000 is the answer rate.
	answeredOf1000 = 605
)

// call is everything one record says. Times are Unix seconds, 0 is absent.
type call struct {
	serial    int
	x         int // index of the dialled X number, AXYB: of the dialled one
	direction int
	caller    phone
	dst       phone  // the real callee, 0 when nothing was forwarded
	binding   uint64 // seed of the binding id, 0 without one

	began                                      int64 // the moment inside the ids, also of a call with blank times
	callIn, start, alerting, answer, end, fail int64

	q850, code, sip int
	recorded        bool
	newSession      bool // session id in the shape of 2022
	noICID, noBind  bool // dirt: identifying members missing

	extension  int    // AXE
	answerText string // dirt: stands where the answer time should
	userData   string // X
}

// duration returns the call's charged seconds: end minus answer.
func (c *call) duration() int64 {
	if c.answer == 0 {
		return 0
	}
	return c.end - c.answer
}

// minutes returns the started minutes of the charged seconds.
func (c *call) minutes() int64 { return (c.duration() + 59) / 60 }

// dialer invents calls.
type dialer struct {
	fleet  *fleet
	causes *causeTable
	rng    *rand.Rand
	seed   uint64
	serial int
}

// next invents the call that ends in the given second.
func (d *dialer) next(end int64) call {
	c := call{serial: d.serial, x: d.fleet.pick(d.rng), end: end}
	d.serial++
	d.connect(&c)
	if d.rng.IntN(1000) < answeredOf1000 {
		d.answer(&c)
	} else {
		d.fail(&c)
	}
	c.began = c.callIn
	return c
}

// connect chooses who calls whom over which binding of the number.
func (d *dialer) connect(c *call) {
	x := &d.fleet.numbers[c.x]
	const bindings = 40 // of one number in a month
	bind := scramble(d.seed<<32 ^ uint64(c.x*bindings+d.rng.IntN(bindings)))
	a := phone(199_00000000 + bind%100_000_000)
	b := phone(138_00000000 + scramble(bind)%100_000_000)
	c.binding = bind | 1
	c.newSession = c.serial%3 == 0
	c.direction = d.direction(x)
	c.caller, c.dst = a, b
	if c.direction == 0 {
		c.caller, c.dst = b, a
	}
	switch x.mode {
	case modeAXE:
		c.extension = 1000 + int(bind%9000)
	case modeX:
		c.binding = 0 // X has none: the customer's server decides each call
		c.userData = "order-" + strconv.Itoa(100_000+c.serial)
	}
}

func (d *dialer) direction(x *xNumber) int {
	switch x.mode {
	case modeAXYB:
		return x.dialled
	case modeX:
		return 1
	case modeAXB:
		return d.rng.IntN(2)
	}
	if d.rng.IntN(4) == 0 { // AX and AXE: mostly others call A
		return 1
	}
	return 0
}

// answer fills the times of an answered call backwards from its end.
func (d *dialer) answer(c *call) {
	c.answer = c.end - d.talk()
	ringing := c.answer - 2 - int64(d.rng.IntN(18))
	if d.rng.IntN(20) > 0 { // the platform misses some
		c.alerting = ringing
	}
	c.start = ringing - int64(d.rng.IntN(4))
	c.callIn = c.start - d.greeting(c)
	if c.duration() >= hourS {
		c.code = 8010
	}
	if d.rng.IntN(40) == 0 {
		c.q850 = 31
	}
	c.recorded = d.fleet.numbers[c.x].app%3 != 2 // a switch of the application
}

// talkEdges are durations around a started minute, and the longest allowed.
var talkEdges = [...]int64{0, 1, 59, 60, 61, 119, 120, hourS}

// talk returns seconds of conversation: mostly short, with a long tail.
func (d *dialer) talk() int64 {
	switch n := d.rng.IntN(100); {
	case n < 6:
		return talkEdges[d.rng.IntN(len(talkEdges)-1)]
	case n == 6 && d.rng.IntN(8) == 0:
		return hourS
	case n < 70:
		return 1 + int64(d.rng.ExpFloat64()*45)
	}
	return min(hourS, 20+int64(d.rng.ExpFloat64()*160))
}

// greeting returns the seconds between the incoming call and its forwarding;
// with AXE the caller first dials an extension.
func (d *dialer) greeting(c *call) int64 {
	if c.extension > 0 && c.direction == 0 {
		return 8 + int64(d.rng.IntN(20))
	}
	return int64(d.rng.IntN(2))
}

// fail fills an unanswered call.
func (d *dialer) fail(c *call) {
	why := d.causes.pick(d.fleet.numbers[c.x].mode, d.rng)
	c.code, c.q850, c.sip = why.code, why.q850, why.sip
	c.fail = c.end
	if !why.hasBinding {
		c.binding = 0
		c.direction = 2
	}
	switch why.stage {
	case stageRefused:
		c.dst = 0
		c.callIn = c.end - 1 - d.greeting(c) - int64(d.rng.IntN(3))
		return
	case stageRouted:
		c.start = c.end - 2 - int64(d.rng.IntN(10))
	case stageRang:
		c.alerting = c.end - 4 - int64(d.rng.IntN(55))
		c.start = c.alerting - 1 - int64(d.rng.IntN(4))
	}
	c.callIn = c.start - d.greeting(c)
}

// redial invents the second record of a handset's silent redial: another id,
// the same binding, blank times.
func (d *dialer) redial(first *call) call {
	c := call{
		serial: d.serial, x: first.x, direction: first.direction, caller: first.caller,
		binding: first.binding, extension: first.extension, userData: first.userData,
		code: 7501, newSession: first.newSession, began: first.began,
	}
	d.serial++
	if d.rng.IntN(2) == 0 {
		c.callIn = first.callIn // some keep this one
	}
	return c
}

// settled returns the moment that dates the call, 0 when it has no date: its
// end, else its beginning.
func (c *call) settled() int64 {
	if c.end != 0 {
		return c.end
	}
	return c.callIn
}
