package archive

// callEvents queues the events of one call, each a body received a second
// after it happened. A call without times has none.
func (g *generator) callEvents(c *call) {
	if c.end == 0 {
		return
	}
	g.event(c, "callin", c.callIn)
	if c.extension > 0 && c.direction == 0 && c.dst != 0 {
		g.event(c, "collectInfo", c.start-1)
	}
	if c.start != 0 {
		g.event(c, "callout", c.start)
	}
	if c.alerting != 0 {
		g.event(c, "alerting", c.alerting)
	}
	if c.answer != 0 {
		g.event(c, "answer", c.answer)
	}
	g.event(c, "disconnect", c.end)
}

// event queues one event that happened at a moment.
func (g *generator) event(c *call, eventType string, at int64) {
	const eventBytes = 360
	b := body{at: at + 1, app: g.fleet.numbers[c.x].app}
	b.data = g.encoder.event(make([]byte, 0, eventBytes), c, eventType, at)
	slot := g.line.slotOf(b.at)
	g.queue[kindEvent][slot] = append(g.queue[kindEvent][slot], b)
	g.tally.truth.Events[eventType]++
	g.repeat(kindEvent, b)
}

// event appends a call event: members and order are the vendor's samples'.
func (e *encoder) event(buf []byte, c *call, eventType string, at int64) []byte {
	o := object{buf: buf}
	o.open()
	o.text("eventType", eventType)
	o.key("statusInfo")
	o.open()
	o.quoted("sessionId", func(buf []byte) []byte { return e.sessionID(buf, c) })
	o.time("timestamp", at)
	if eventType == "collectInfo" {
		o.quoted("digitInfo", func(buf []byte) []byte { return appendPadded(buf, c.extension, 4) })
	} else {
		e.eventParties(&o, c, eventType)
	}
	o.close()
	o.close()
	return o.buf
}

// eventParties appends who calls whom. The first leg goes from the caller to
// X, the second from X to the callee.
func (e *encoder) eventParties(o *object, c *call, eventType string) {
	x := &e.fleet.numbers[c.x]
	if eventType == "callin" || c.dst == 0 {
		o.phone("caller", c.caller)
		o.text("called", x.text)
	} else {
		o.text("caller", e.shown(x).text)
		o.phone("called", c.dst)
	}
	if eventType == "disconnect" {
		o.number("stateCode", c.code)
		o.text("stateDesc", stateDesc(c.code))
	}
	if x.mode != modeAXE || eventType != "callin" { // AXE knows no binding yet
		e.bindingID(o, "subscriptionId", c)
	}
	if x.mode == modeX && eventType == "callin" {
		o.text("notifyMode", "Block")
	}
	if x.mode == modeX && eventType != "callin" {
		o.text("userData", c.userData)
	}
}

func stateDesc(code int) string {
	if code == 0 {
		return "The user releases the call."
	}
	return "The call is released by the platform."
}

// numberStatuses queues notices about some of the numbers at any time of the
// month. They carry no time of their own.
func (g *generator) numberStatuses() {
	rng := g.messages
	span := int(g.line.monthTo - g.line.monthFrom)
	for i := range g.fleet.numbers {
		if rng.IntN(7) > 0 {
			continue
		}
		at := g.line.monthFrom + int64(rng.IntN(span))
		notice := numberNotices[rng.IntN(len(numberNotices))]
		g.notice(i, notice, at)
		if notice.status != "5" && rng.IntN(2) == 0 { // and back to normal
			g.notice(i, numberNotices[0], at+dayS)
		}
	}
}

// numberNotices are states of a number; the first is normal.
var numberNotices = []struct{ status, cause string }{
	{"5", ""}, {"9", ""}, {"10", "2"}, {"10", "5"}, {"10", "7"}, {"11", ""},
}

func (g *generator) notice(number int, n struct{ status, cause string }, at int64) {
	x := &g.fleet.numbers[number]
	o := object{}
	o.open()
	o.text("eventType", "numStatus")
	o.key("numInfo")
	o.buf = append(o.buf, '[')
	o.buf = append(o.buf, '{')
	o.text("number", x.text)
	o.text("status", n.status)
	o.text("cause", n.cause)
	o.close()
	o.buf = append(o.buf, ']')
	o.close()
	slot := g.line.slotOf(at)
	g.queue[kindStatus][slot] = append(g.queue[kindStatus][slot], body{at: at, app: x.app, data: o.buf})
	g.tally.truth.Statuses++
}
