package archive

// maxBatch is the most records the vendor puts into one body.
const maxBatch = 50

// batches packs a file's entries, in the order of their times, into bodies.
func (g *generator) batches(f *file) []body {
	var bodies []body
	for rest := f.entries; len(rest) > 0; {
		n := min(g.batchSize(f, &rest[0]), len(rest))
		group := rest[:n]
		rest = rest[n:]
		if f.doubleEntry && !f.isLone(&group[0]) && group[0].class == classFirst {
			f.doubleEntry = false
			twin := group[0]
			twin.class = classCopy
			group = append([]entry{twin}, group...)
		}
		bodies = append(bodies, g.batch(f, group))
	}
	return bodies
}

// isLone tells whether an entry is to stand in its body without the array.
func (f *file) isLone(e *entry) bool { return f.loneObject && e.raw == "" }

func (g *generator) batchSize(f *file, first *entry) int {
	if f.isLone(first) {
		return 1
	}
	return min(maxBatch, 1+int(g.sending.ExpFloat64()*float64(g.cfg.BatchMean-1)+0.5))
}

// batch encodes one body.
func (g *generator) batch(f *file, group []entry) body {
	const recordBytes = 1150 // a little above the mean
	last := group[len(group)-1].at
	b := body{
		at: last + int64(g.sending.IntN(3)), app: g.appOf(&group[0]),
		entries: len(group), data: make([]byte, 0, 64+len(group)*recordBytes),
	}
	open, end := `[`, `]}`
	if f.isLone(&group[0]) {
		f.loneObject = false
		open, end = ``, `}`
	}
	b.data = append(b.data, `{"eventType":"`...)
	b.data = append(b.data, g.eventType(f)...)
	b.data = append(b.data, `",`...)
	g.bulge(f, &b)
	b.data = append(b.data, `"feeLst":`...)
	b.data = append(b.data, open...)
	for i := range group {
		if i > 0 {
			b.data = append(b.data, ',')
		}
		g.appendEntry(&b, &group[i], i)
	}
	b.data = append(b.data, end...)
	return b
}

// appendEntry encodes one entry and notes what it is.
func (g *generator) appendEntry(b *body, e *entry, index int) {
	switch e.class {
	case classVoice:
		b.voice++
	case classRejected:
		b.rejects = append(b.rejects, rejectedEntry{index, e.reason})
	default:
		b.calls++
	}
	switch e.class {
	case classCopy:
		b.copies++
	case classVersion:
		b.version++
	}
	switch {
	case e.raw != "":
		b.data = append(b.data, e.raw...)
	case e.voice != nil:
		b.data = g.encoder.voiceRecord(b.data, e.voice, e.style)
	default:
		b.data = g.encoder.record(b.data, &e.call, e.style)
	}
}

func (g *generator) appOf(e *entry) int {
	if e.voice != nil {
		return e.voice.app
	}
	return g.fleet.numbers[e.call.x].app
}

// eventType is "fee", or in files with that dirt often spelt otherwise.
func (g *generator) eventType(f *file) string {
	if !f.upperType {
		return "fee"
	}
	return [...]string{"fee", "FEE", "Fee"}[g.layout.IntN(3)]
}

// hugeBytes is the size of the one huge line: 5 MB.
const hugeBytes = 5_000_000

// bulge puts an unknown member of 5 MB into the body, if it is its file's turn.
func (g *generator) bulge(f *file, b *body) {
	if !f.hugeLine {
		return
	}
	f.hugeLine = false
	b.huge = true
	const filler = "0123456789abcdef"
	b.data = append(b.data, `"gatewayTrace":"`...)
	for range hugeBytes / len(filler) {
		b.data = append(b.data, filler...)
	}
	b.data = append(b.data, `",`...)
}

// recordStyle is the style of a fresh record: half of a file's records have
// the file's habit.
func (g *generator) recordStyle(f *file) style {
	if f.style == 0 || g.layout.IntN(2) == 0 {
		return 0
	}
	return f.style
}

// otherStyle is the style of a repeated record. In a dirty archive it may
// change where that leaves the content as it is: text for integers, "" for
// what is absent.
func (g *generator) otherStyle(st style) style {
	if g.cfg.DirtRate == 0 {
		return st
	}
	return st ^ style(g.layout.IntN(4))&(styleStrings|styleEmpty)
}
