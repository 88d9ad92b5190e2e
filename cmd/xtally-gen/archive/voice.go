package archive

import (
	"strconv"
	"time"
)

// voiceRecord appends a record of the sister product VoiceCall: another price,
// another shape, and never to be charged as a privacy-number call.
func (e *encoder) voiceRecord(buf []byte, v *voiceCall, st style) []byte {
	o := object{buf: buf, style: st}
	o.open()
	o.number("direction", 0)
	o.text("spId", "demo_tenant")
	o.text("appKey", e.fleet.apps[v.app])
	o.quoted("icid", func(buf []byte) []byte {
		buf = append(buf, "CAE-"...)
		buf = time.Unix(v.begin, 0).In(beijing).AppendFormat(buf, "20060102150405")
		buf = append(buf, '-')
		return strconv.AppendInt(buf, int64(v.serial), 10)
	})
	o.text("bindNum", "+8675528000000")
	o.quoted("sessionId", func(buf []byte) []byte {
		buf = append(buf, "1201_"...)
		buf = strconv.AppendInt(buf, int64(1000+v.serial), 10)
		buf = append(buf, "_4294967295_"...)
		buf = time.Unix(v.begin, 0).UTC().AppendFormat(buf, "20060102150405")
		return append(buf, "@"+oldHost...)
	})
	o.text("callerNum", "+8675528000000")
	o.phone("calleeNum", v.callee)
	o.time("callOutStartTime", v.begin)
	o.time("callOutAlertingTime", v.begin+3)
	o.time("callOutAnswerTime", v.begin+9)
	o.time("callEndTime", v.end)
	o.number("fwdUnaswRsn", 0)
	o.number("ulFailReason", 0)
	o.number("sipStatusCode", 0)
	o.number("callOutUnaswRsn", 0)
	o.number("recordFlag", 0)
	o.text("serviceType", [...]string{"001", "002"}[v.serial%2])
	o.text("hostName", oldHost)
	o.close()
	return o.buf
}

// voiceCall is a call of the sister product. Times are Unix seconds.
type voiceCall struct {
	serial, app int
	callee      phone
	begin, end  int64
}
