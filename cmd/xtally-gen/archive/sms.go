package archive

import (
	"math/rand/v2"
	"time"
)

// sms is one message. Times are Unix seconds.
type sms struct {
	no        int
	x         int
	at        int64
	from, to  phone
	binding   uint64
	direction int
	result    int
	parts     int // what it was split into; charged if result is 0 or 9
}

// sent tells whether the message is charged.
func (m *sms) sent() bool { return m.result == 0 || m.result == 9 }

// smsResults are sendResult values by weight.
var (
	smsResults       = [...]int{0, 9, 2, 3, 8, 10, 11, 12}
	smsResultWeights = []int{880, 15, 35, 5, 15, 25, 10, 15}
)

// message queues a message through some X number shortly after a call's end: a
// Notify, and in modes where the customer's server decides sometimes the Block
// before it. Only Notify is charged.
func (g *generator) message(end int64) {
	rng := g.messages
	x, found := g.smsNumber()
	if !found {
		return
	}
	m := sms{no: g.smsNo, x: x, at: end + int64(rng.IntN(1800))}
	g.smsNo++
	seed := scramble(g.cfg.Seed<<24 ^ uint64(m.no))
	m.from, m.to = phone(199_00000000+seed%100_000_000), phone(138_00000000+seed>>32%100_000_000)
	m.direction = rng.IntN(2)
	m.result = smsResults[pickWeight(rng, smsResultWeights)]
	switch m.result {
	case 0, 9:
		m.parts = 1 + pickWeight(rng, []int{80, 15, 5})
	case 2:
		m.direction = 2
	}
	mode := g.fleet.numbers[m.x].mode
	if mode != modeX && m.result != 2 {
		m.binding = seed | 1
	}
	if mode != modeAXB && rng.IntN(3) == 0 {
		g.tally.truth.SMS.Block++
		g.queueSMS(&m, "Block", rng)
		m.at += 1 + int64(rng.IntN(3))
	}
	g.tally.truth.SMS.Notify++
	g.queueSMS(&m, "Notify", rng)
	g.tally.message(&m)
}

// smsNumber picks a number whose mode carries messages, if one comes up.
func (g *generator) smsNumber() (index int, found bool) {
	const tries = 50
	for range tries {
		if i := g.fleet.pick(g.messages); g.fleet.numbers[i].mode.sendsSMS() {
			return i, true
		}
	}
	return 0, false
}

func (g *generator) queueSMS(m *sms, mode string, rng *rand.Rand) {
	b := body{at: m.at + 1, app: g.fleet.numbers[m.x].app}
	b.data = g.encoder.sms(nil, m, mode, rng)
	slot := g.line.slotOf(b.at)
	g.queue[kindSMS][slot] = append(g.queue[kindSMS][slot], b)
	g.repeat(kindSMS, b)
}

// sms appends a message notice in the shape of the vendor's samples. Some
// Blocks carry a result too, which must not make them charged.
func (e *encoder) sms(buf []byte, m *sms, mode string, rng *rand.Rand) []byte {
	x := &e.fleet.numbers[m.x]
	o := object{buf: buf}
	o.open()
	o.text("appKey", e.fleet.apps[x.app])
	o.key("smsEvent")
	o.open()
	o.quoted("smsIdentifier", func(buf []byte) []byte { return appendPadded(append(buf, "sms-demo-"...), m.no, 12) })
	o.text("notificationMode", mode)
	o.phone("calling", m.from)
	if mode == "Notify" && m.sent() {
		o.phone("called", m.to)
	}
	o.text("virtualNumber", x.text)
	o.text("event", [...]string{"Text SMS ", "TextSMS"}[rng.IntN(2)]) // the trailing blank is the vendor's
	o.quoted("timeStamp", func(buf []byte) []byte { return appendMillis(buf, m.at, m.no) })
	if m.binding != 0 && mode == "Notify" {
		o.quoted("subscriptionId", func(buf []byte) []byte { return appendUUID(buf, m.binding) })
	}
	if mode == "Notify" || rng.IntN(3) == 0 {
		e.smsResult(&o, m, mode)
	}
	o.close()
	o.close()
	return o.buf
}

func (e *encoder) smsResult(o *object, m *sms, mode string) {
	result, parts := m.result, m.parts
	if mode == "Block" {
		result, parts = 0, 1
	}
	o.key("extInfo")
	o.buf = append(o.buf, `{"extParas":[{"key":"splitNum","value":"`...)
	o.buf = appendPadded(o.buf, parts, 1)
	o.buf = append(o.buf, `"},{"key":"direction","value":"`...)
	o.buf = appendPadded(o.buf, m.direction, 1)
	o.buf = append(o.buf, `"}]}`...)
	o.number("sendResult", result)
}

// appendMillis appends a UTC time as "2006-01-02T15:04:05.123Z".
func appendMillis(buf []byte, at int64, seed int) []byte {
	buf = time.Unix(at, 0).UTC().AppendFormat(buf, "2006-01-02T15:04:05.")
	return append(appendPadded(buf, seed%1000, 3), 'Z')
}

// message counts a Notify message in the month of its time.
func (t *tally) message(m *sms) {
	key := monthKey{monthOf(m.at), m.x}
	sum := t.sms[key]
	if sum == nil {
		sum = new(smsSum)
		t.sms[key] = sum
	}
	sum.messages++
	if m.sent() {
		sum.sent++
		sum.parts += int64(m.parts)
	}
}
