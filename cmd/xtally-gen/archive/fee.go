package archive

import (
	"strconv"
	"time"
)

const (
	oldHost = "callenabler001.example.com"
	newHost = "node01.example.com"

	// ntpOffset is the seconds from 1900 to 1970: an icid counts from 1900.
	ntpOffset = 2_208_988_800
	// beijingS is Beijing's lead over UTC in seconds.
	beijingS = 8 * hourS
)

// encoder writes records and events of the account's calls as JSON.
type encoder struct {
	fleet *fleet
	seed  uint64
}

// record appends one feeLst entry: every member of the vendor's samples, in
// the samples' order.
func (e *encoder) record(buf []byte, c *call, st style) []byte {
	x := &e.fleet.numbers[c.x]
	o := object{buf: buf, style: st}
	o.open()
	e.identity(&o, c, x)
	e.parties(&o, c, x)
	e.times(&o, c)
	e.outcome(&o, c)
	e.recording(&o, c)
	o.number("ttsPlayTimes", 0)
	o.number("ttsTransDuration", 0)
	e.bindingID(&o, "mptyId", c)
	o.text("serviceType", x.mode.serviceType())
	o.text("hostName", host(c))
	e.modeMembers(&o, c, x)
	if st&styleExtra != 0 {
		o.text("areaCode", "0755")
		o.key("vendorTrace")
		o.buf = append(o.buf, `{"node":"n1","hops":[1,2]}`...)
	}
	o.close()
	return o.buf
}

func (e *encoder) identity(o *object, c *call, x *xNumber) {
	o.number("direction", c.direction)
	o.text("spId", "demo_tenant")
	o.text("appKey", e.fleet.apps[x.app])
	if c.noICID {
		o.absent("icid")
	} else {
		o.quoted("icid", func(buf []byte) []byte { return e.icid(buf, c) })
	}
	if c.noBind {
		o.absent("bindNum")
	} else {
		o.text("bindNum", x.text)
	}
	o.quoted("sessionId", func(buf []byte) []byte { return e.sessionID(buf, c) })
	e.bindingID(o, "subscriptionId", c)
}

func (e *encoder) parties(o *object, c *call, x *xNumber) {
	o.phone("callerNum", c.caller)
	o.text("calleeNum", x.text)
	if c.dst == 0 {
		o.absent("fwdDisplayNum")
		o.absent("fwdDstNum")
		return
	}
	o.text("fwdDisplayNum", e.shown(x).text)
	o.phone("fwdDstNum", c.dst)
}

// shown is the number the callee sees: with AXYB the pair's other one.
func (e *encoder) shown(x *xNumber) *xNumber {
	if x.mode == modeAXYB {
		return &e.fleet.numbers[x.partner]
	}
	return x
}

func (e *encoder) times(o *object, c *call) {
	o.time("callInTime", c.callIn)
	o.time("fwdStartTime", c.start)
	o.time("fwdAlertingTime", c.alerting)
	if c.answerText != "" {
		o.text("fwdAnswerTime", c.answerText)
	} else {
		o.time("fwdAnswerTime", c.answer)
	}
	o.time("callEndTime", c.end)
}

func (e *encoder) outcome(o *object, c *call) {
	o.number("fwdUnaswRsn", c.q850) // spelt like this by the vendor
	o.time("failTime", c.fail)
	o.number("ulFailReason", c.code)
	o.number("sipStatusCode", c.sip)
	o.number("callOutUnaswRsn", 0)
}

func (e *encoder) recording(o *object, c *call) {
	if !c.recorded {
		o.number("recordFlag", 0)
		return
	}
	o.number("recordFlag", 1)
	o.time("recordStartTime", c.answer)
	o.text("recordDomain", "recorddomain.example.com")
	o.text("recordBucketName", "sp-demo")
	o.quoted("recordObjectName", func(buf []byte) []byte {
		buf = time.Unix(c.answer, 0).UTC().AppendFormat(buf, "060102")
		buf = appendPadded(buf, c.serial, 16)
		return append(buf, ".wav"...)
	})
}

// modeMembers appends what only some modes carry.
func (e *encoder) modeMembers(o *object, c *call, x *xNumber) {
	switch x.mode {
	case modeAXB:
		if c.newSession {
			o.number("voiceCheckType", 0)
		}
	case modeAXE:
		if c.binding != 0 {
			o.quoted("extendNum", func(buf []byte) []byte {
				return strconv.AppendInt(buf, int64(c.extension), 10)
			})
		}
	case modeX:
		o.text("notifyMode", "Block")
	}
	if c.userData != "" {
		o.text("userData", c.userData)
	}
}

// icid appends 32 hexadecimal digits, seconds since 1900, a serial, a node.
func (e *encoder) icid(buf []byte, c *call) []byte {
	high := scramble(e.seed ^ uint64(c.serial)<<1)
	buf = appendHex(appendHex(buf, high), scramble(high))
	buf = append(buf, '.')
	buf = strconv.AppendInt(buf, c.began+ntpOffset, 10)
	buf = append(buf, '.')
	buf = strconv.AppendInt(buf, int64(100_000_000+c.serial), 10)
	return append(buf, ".9"...)
}

// sessionID appends the call's session id in one of its two shapes; the serial
// in it makes it unique.
func (e *encoder) sessionID(buf []byte, c *call) []byte {
	if c.newSession {
		return e.newSessionID(buf, c)
	}
	prefix := "1200_"
	if c.extension > 0 {
		prefix = "1202_"
	}
	buf = append(buf, prefix...)
	buf = strconv.AppendInt(buf, int64(1000+c.serial), 10)
	buf = append(buf, "_4294967295_"...)
	buf = time.Unix(c.began, 0).UTC().AppendFormat(buf, "20060102150405")
	return append(buf, "@"+oldHost...)
}

// newSessionID is the shape of 2022; its hexadecimal part is Beijing's wall
// clock taken for an epoch.
func (e *encoder) newSessionID(buf []byte, c *call) []byte {
	buf = appendPhone(buf, 199_00000000+phone(c.serial%100_000_000))
	buf = append(buf, '_')
	buf = appendPhone(buf, c.caller)
	buf = append(buf, "_4_"...)
	buf = strconv.AppendInt(buf, c.began+beijingS, 16)
	buf = append(buf, '_')
	buf = strconv.AppendInt(buf, int64(1000+c.serial), 10)
	return append(buf, "_669_1_0"...)
}

// bindingID appends the binding's UUID, if there is a binding.
func (e *encoder) bindingID(o *object, name string, c *call) {
	if c.binding == 0 {
		o.absent(name)
		return
	}
	o.quoted(name, func(buf []byte) []byte { return appendUUID(buf, c.binding) })
}

func appendUUID(buf []byte, seed uint64) []byte {
	var hex [32]byte
	appendHex(appendHex(hex[:0], seed), scramble(seed))
	for i, part := range [...]int{8, 12, 16, 20, 32} {
		from := [...]int{0, 8, 12, 16, 20}[i]
		if i > 0 {
			buf = append(buf, '-')
		}
		buf = append(buf, hex[from:part]...)
	}
	return buf
}

func host(c *call) string {
	if c.newSession {
		return newHost
	}
	return oldHost
}
