package archive

import "slices"

// maxDirtPerFile bounds DirtRate.
const maxDirtPerFile = 5

// dirtStage is the moment in a file's making at which an item of dirt acts.
type dirtStage uint8

const (
	onStart   dirtStage = iota // before its records are invented
	onEntries                  // records in order, not yet in bodies
	onBodies                   // bodies in order, not yet encoded
)

// dirtItem is one way in which real archives are broken.
type dirtItem struct {
	name       string
	feeOnly    bool
	forms      []Form      // where it fits; nil is everywhere
	containers []Container // where it fits; nil is everywhere
	stage      dirtStage
	apply      func(g *generator, f *file)
}

var (
	inLines    = []Form{FormLines}
	inLineWise = []Form{FormLines, FormWrappedObject, FormWrappedString, FormLog}
	inAnyText  = append([]Form{FormPretty, FormArray}, inLineWise...)
	inGzip     = []Container{ContainerGzip}
	inPacked   = []Container{ // 5 MB compress to a few kB
		ContainerGzip, ContainerZstd, ContainerZip, ContainerTarGz,
	}
)

// dirtItems take turns, so that a large enough archive has every one.
var dirtItems = []*dirtItem{
	{name: "bom", forms: inAnyText, apply: func(_ *generator, f *file) { f.bom = true }},
	{name: "crlf", forms: inLineWise, apply: func(_ *generator, f *file) { f.crlf = true }},
	{name: "blank_lines", forms: append([]Form{FormPretty}, inLineWise...), stage: onBodies, apply: addBlankLines},
	{name: "malformed_line", forms: inLines, stage: onBodies, apply: addMalformedLine},
	{name: "gzip_truncated", feeOnly: true, forms: inLines, containers: inGzip, apply: func(_ *generator, f *file) { f.fault = gzipTruncated }},
	{name: "end_before_answer", feeOnly: true, stage: onEntries, apply: addEndBeforeAnswer},
	{name: "log_noise", forms: []Form{FormLines, FormLog}, stage: onBodies, apply: addLogNoise},
	{name: "numbers_as_strings", feeOnly: true, apply: habit(styleStrings)},
	{name: "two_objects", feeOnly: true, forms: inLines, stage: onBodies, apply: addTwoObjects},
	{name: "answered_without_end", feeOnly: true, stage: onEntries, apply: addAnsweredWithoutEnd},
	{name: "torn_line", feeOnly: true, forms: inLines, stage: onBodies, apply: addTornLine},
	{name: "empty_for_absent", feeOnly: true, apply: habit(styleEmpty)},
	{name: "gzip_checksum", feeOnly: true, forms: inLines, containers: inGzip, apply: func(_ *generator, f *file) { f.fault = gzipChecksum }},
	{name: "bad_answer_time", feeOnly: true, stage: onEntries, apply: addBadAnswerTime},
	{name: "invalid_utf8", feeOnly: true, forms: inLines, stage: onBodies, apply: addInvalidUTF8},
	{name: "two_blanks", feeOnly: true, apply: habit(styleTwoBlanks)},
	{name: "json_no_object", forms: inLines, stage: onBodies, apply: addNoObject},
	{name: "missing_icid", feeOnly: true, apply: func(_ *generator, f *file) { f.dropICID = true }},
	{name: "unknown_event_type", feeOnly: true, stage: onBodies, apply: addUnknownEventType},
	{name: "gzip_members", containers: inGzip, apply: func(_ *generator, f *file) { f.fault = gzipMembers }},
	{name: "missing_feelst", feeOnly: true, stage: onBodies, apply: addMissingFeeLst},
	{name: "missing_bindnum", feeOnly: true, apply: func(_ *generator, f *file) { f.dropBind = true }},
	{name: "null_in_feelst", feeOnly: true, stage: onEntries, apply: addRaw("null")},
	{name: "unknown_members", feeOnly: true, apply: habit(styleExtra)},
	{name: "empty_feelst", feeOnly: true, stage: onBodies, apply: addEmptyFeeLst},
	{name: "feelst_object", feeOnly: true, apply: func(_ *generator, f *file) { f.loneObject = true }},
	{name: "number_in_feelst", feeOnly: true, stage: onEntries, apply: addRaw("5")},
	{name: "upper_eventtype", feeOnly: true, apply: func(_ *generator, f *file) { f.upperType = true }},
	{name: "zero_byte_file", apply: func(_ *generator, f *file) { f.emptyTwin = true }},
	{name: "same_record_twice", feeOnly: true, apply: func(_ *generator, f *file) { f.doubleEntry = true }},
	{name: "huge_line", feeOnly: true, containers: inPacked, apply: func(_ *generator, f *file) { f.hugeLine = true }},
}

// habit gives a file's records a harmless style.
func habit(st style) func(*generator, *file) {
	return func(_ *generator, f *file) { f.style |= st }
}

// chooseDirt gives a file the items whose turn it is. With a mixed form or
// container the file takes one that fits its first item. Fee files get most of
// it, for money is at stake there.
func (g *generator) chooseDirt(f *file) {
	rate := g.cfg.DirtRate
	if f.kind != kindFee {
		rate /= 4
	}
	n := int(rate)
	if chance(g.layout, rate-float64(n)) {
		n++
	}
	for range n {
		item := g.nextDirt(f)
		if item == nil {
			return
		}
		g.fit(f, item)
		f.items = append(f.items, item)
	}
}

// nextDirt returns the next item that fits and puts it at the end of its
// kind's queue; items that do not fit keep their turn.
func (g *generator) nextDirt(f *file) *dirtItem {
	queue := g.dirtQueue[f.kind]
	for i, item := range queue {
		if g.fits(f, item) {
			g.dirtQueue[f.kind] = append(slices.Delete(queue, i, i+1), item)
			return item
		}
	}
	return nil
}

// fits tells whether a file can have an item, perhaps in another form or
// container than it has now.
func (g *generator) fits(f *file, item *dirtItem) bool {
	fixed := len(f.items) > 0 // the first item has settled form and container
	switch {
	case item.feeOnly && f.kind != kindFee, slices.Contains(f.items, item):
		return false
	case f.faulty() && item.onGzip():
		return false // one fault a gzip
	case !slices.Contains(orAll(item.forms, f.form), f.form) && (fixed || g.cfg.Form != FormMixed):
		return false
	}
	return slices.Contains(orAll(item.containers, f.container), f.container) ||
		!fixed && g.cfg.Container == ContainerMixed
}

// onGzip tells whether the item breaks the gzip, not what is inside.
func (item *dirtItem) onGzip() bool { return slices.Equal(item.containers, inGzip) }

// faulty tells whether an item has chosen the file's gzip already.
func (f *file) faulty() bool { return slices.ContainsFunc(f.items, (*dirtItem).onGzip) }

// orAll returns the list of what an item fits; with no list it fits what is.
func orAll[T any](list []T, own T) []T {
	if list == nil {
		return []T{own}
	}
	return list
}

// fit changes a file's form and container to ones the item can act on.
func (g *generator) fit(f *file, item *dirtItem) {
	if forms := orAll(item.forms, f.form); !slices.Contains(forms, f.form) {
		f.form = forms[g.layout.IntN(len(forms))]
	}
	if packs := orAll(item.containers, f.container); !slices.Contains(packs, f.container) {
		single := slices.DeleteFunc(slices.Clone(packs), Container.isDaily) // a day has one archive only
		f.container = single[g.layout.IntN(len(single))]
	}
}

// soil applies the file's dirt of one stage.
func (g *generator) soil(f *file, stage dirtStage) {
	for _, item := range f.items {
		if item.stage == stage {
			item.apply(g, f)
			g.tally.truth.Dirt[item.name]++
		}
	}
}
