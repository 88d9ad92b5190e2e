package archive

import (
	"bytes"
	"slices"
)

// insert puts lines of dirt together at one random place of a file.
func (g *generator) insert(f *file, lines ...body) {
	at := g.layout.IntN(len(f.bodies) + 1)
	when := g.line.slotStart(f.slot) + 1
	if len(f.bodies) > 0 {
		when = f.bodies[max(0, at-1)].at
	}
	for i := range lines {
		lines[i].at = when
	}
	f.bodies = slices.Insert(f.bodies, at, lines...)
}

// refused makes a line that no loader may take for a body.
func refused(text, reason string) body { return body{data: []byte(text), reason: reason} }

func addBlankLines(g *generator, f *file) {
	for range 1 + g.layout.IntN(3) {
		g.insert(f, body{blank: true})
	}
}

// malformedLines are no JSON: a proxy's page, other languages' dumps, typos.
var malformedLines = [...]string{
	`<html><body><h1>502 Bad Gateway</h1></body></html>`,
	`{'eventType': 'fee', 'feeLst': [{'direction': 1, 'recordFlag': None}]}`,
	`array ( 'eventType' => 'fee', 'feeLst' => array ( ), )`,
	`{"eventType":"fee","feeLst":[{"direction":1,}]}`,
	`eventType=fee&feeLst=%5B%5D`,
	`{"eventType":"fee","feeLst":[{"direction":1 "spId":"demo_tenant"}]}`,
}

func addMalformedLine(g *generator, f *file) {
	text := malformedLines[g.layout.IntN(len(malformedLines))]
	g.insert(f, refused(text, "malformed_json"))
}

// addLogNoise adds an application's line that holds no body. Where every line
// is such a line, a loader may also pass over it.
func addLogNoise(g *generator, f *file) {
	text := appendLogPrefix(nil, g.line.slotStart(f.slot)+60, "WARN ")
	b := body{data: append(text, "推送超时, 等待重试 attempt=2"...), reason: "malformed_json", inLog: true}
	b.either = f.form == FormLog
	g.insert(f, b)
}

func addNoObject(g *generator, f *file) {
	text := [...]string{`5`, `[1,2]`, `"fee"`, `true`}[g.layout.IntN(4)]
	g.insert(f, refused(text, "not_an_object"))
}

func addUnknownEventType(g *generator, f *file) {
	text := [...]string{
		`{"eventType":"feeV9","feeLst":[{"direction":1,"spId":"demo_tenant"}]}`,
		`{"eventType":"quality","qualityInfo":{"mos":"4.1"}}`,
	}[g.layout.IntN(2)]
	g.insert(f, refused(text, "unknown_event_type"))
}

func addMissingFeeLst(g *generator, f *file) {
	text := [...]string{
		`{"eventType":"fee"}`, `{"eventType":"fee","feeLst":"none"}`, `{"eventType":"fee","feeLst":7}`,
	}[g.layout.IntN(3)]
	g.insert(f, refused(text, "missing_feelst"))
}

// addEmptyFeeLst adds a body without records: nothing to refuse.
func addEmptyFeeLst(g *generator, f *file) {
	g.insert(f, body{data: []byte(`{"eventType":"fee","feeLst":[]}`)})
}

// donor returns a body of the file whose content may be sent again, nil if
// there is none. Dirt that destroys a line destroys a repeat, so that the truth
// loses nothing.
func (g *generator) donor(f *file) *body {
	for range 20 {
		if len(f.bodies) == 0 {
			return nil
		}
		b := &f.bodies[g.layout.IntN(len(f.bodies))]
		if b.isBody() && b.calls > 0 && !b.huge && len(b.rejects) == 0 {
			return b
		}
	}
	return nil
}

// addTwoObjects puts two bodies on one line. It is no JSON text, yet some
// readers take both; both are repeats, so either is right.
func addTwoObjects(g *generator, f *file) {
	one, two := g.donor(f), g.donor(f)
	if one == nil || two == nil {
		return
	}
	g.tally.truth.Either.RecordsIfTwoObjectsRead += int64(one.entries + two.entries)
	b := refused(string(one.data)+string(two.data), "malformed_json")
	b.either = true
	g.insert(f, b)
}

// addTornLine breaks a line inside a text, where no reader can mend it.
func addTornLine(g *generator, f *file) {
	b := g.donor(f)
	if b == nil {
		return
	}
	half := len(b.data) / 2
	at := half + bytes.Index(b.data[half:], []byte(`":"`)) + len(`":"`) + 1
	g.insert(f,
		refused(string(b.data[:at]), "malformed_json"),
		refused(string(b.data[at:]), "malformed_json"))
}

// addInvalidUTF8 sends a record again with a byte in its userData that is no
// UTF-8. A loader may refuse the line or repair it; repaired, the record is
// another version of its call, equal in money.
func addInvalidUTF8(g *generator, f *file) {
	for i := range f.entries {
		e := &f.entries[i]
		if e.class != classFirst || e.call.userData != "" {
			continue
		}
		c := e.call
		c.userData = "order-\xff-1"
		text := append([]byte(`{"eventType":"fee","feeLst":[`), g.encoder.record(nil, &c, e.style)...)
		b := refused(string(append(text, `]}`...)), "invalid_utf8")
		b.either = true
		g.tally.truth.Either.RecordsIfUTF8Repaired++
		g.insert(f, b)
		return
	}
}
