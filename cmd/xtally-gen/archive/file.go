package archive

import (
	"bytes"
	"fmt"
	"time"
)

// file is one archive file, or member of one, that is being put together.
type file struct {
	kind      kind
	slot      int
	form      Form
	container Container
	day, name string // UTC; the name has no extension yet
	modTime   time.Time

	entries []entry
	bodies  []body

	// Habits of the whole file.
	style              style
	dropICID, dropBind bool
	upperType          bool
	bom, crlf          bool
	fault              gzipFault
	emptyTwin          bool // a zero-byte file beside it
	// Dirt for the next body that fits.
	loneObject, doubleEntry, hugeLine bool

	items []*dirtItem // its dirt

	data []byte // the encoded content
	line int64  // physical lines in data so far
}

// newFile plans a file: its name, form, container and dirt.
func (g *generator) newFile(k kind, slot int) *file {
	start := time.Unix(g.line.slotStart(slot), 0).UTC()
	f := &file{
		kind: k, slot: slot, form: g.cfg.Form, container: g.cfg.Container,
		day: start.Format(time.DateOnly), name: start.Format("15"),
		modTime: start.Add(time.Duration(g.line.slotS) * time.Second),
	}
	if g.cfg.FilesPer == PerDay {
		f.name = f.day
	}
	if f.form == FormMixed {
		f.form = g.mixedForm(f)
	}
	if f.container == ContainerMixed {
		f.container = g.mixedContainer(f)
	}
	g.chooseDirt(f)
	g.soil(f, onStart)
	return f
}

// mixedForm picks a file's form. A file per body would make thousands of event
// files, so only fee bodies get it.
func (g *generator) mixedForm(f *file) Form {
	pick := Forms[:len(Forms)-1]
	form := pick[scramble(g.cfg.Seed^uint64(f.kind)<<40^uint64(f.slot)<<8)%uint64(len(pick))]
	if form == FormFilePerBody && f.kind != kindFee {
		return FormLines
	}
	return form
}

// mixedContainer picks the container of a kind's whole day: hourly files of one
// day may share a zip.
func (g *generator) mixedContainer(f *file) Container {
	pick := mixedContainers[:]
	if f.kind == kindEvent {
		pick = pick[uncompressed:] // they are the bulk
	}
	day := uint64(g.line.slotStart(f.slot) / dayS)
	return pick[scramble(g.cfg.Seed^uint64(f.kind)<<48^day)%uint64(len(pick))]
}

// uncompressed is how many of mixedContainers take as much room as the text.
const uncompressed = 2

// mixedContainers is what ContainerMixed draws from: mostly compressed ones, as
// nobody keeps years of plain text.
var mixedContainers = [...]Container{
	ContainerPlain, ContainerTar,
	ContainerGzip, ContainerGzip, ContainerGzip, ContainerZstd, ContainerZstd,
	ContainerZip, ContainerZip, ContainerTarGz, ContainerTarGz,
}

// extension follows the form, as an operator would name the file.
func (f *file) extension() string {
	switch f.form {
	case FormArray, FormPretty, FormFilePerBody:
		return ".json"
	case FormHTTP:
		return ".http"
	case FormLog:
		return ".log"
	}
	return ".ndjson"
}

// write encodes the file, counts it and hands it to the packer.
func (g *generator) write(f *file) error {
	if f.emptyTwin {
		if err := g.deliver(f, f.name+"-0", nil); err != nil {
			return err
		}
	}
	if f.form != FormFilePerBody {
		return g.deliver(f, f.name, f.bodies)
	}
	for i := range f.bodies {
		name := fmt.Sprintf("%s-%06d", f.name, i+1)
		if err := g.deliver(f, name, f.bodies[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// deliver encodes bodies as one file and counts them.
func (g *generator) deliver(f *file, name string, bodies []body) error {
	j := &job{
		kind: f.kind, day: f.day, name: name + f.extension(), container: f.container,
		perDay: g.cfg.FilesPer == PerDay, modTime: f.modTime, fault: f.fault,
	}
	if bodies == nil {
		j.fault = gzipWhole
		if !j.container.isDaily() {
			j.container = ContainerPlain // an empty gzip would be a broken one
		}
	}
	pos := Reject{}
	pos.File, pos.Member = j.paths()
	f.data, f.line = g.packer.buffer(), 0
	e := formEncoder{file: f, account: g.fleet}
	e.open(bodies)
	for i := range bodies {
		pos.Line = e.append(&bodies[i], i) + 1
		g.tally.body(f.kind, &bodies[i], pos)
	}
	e.close(bodies)
	j.data = f.data
	counts := &g.tally.files[f.kind]
	counts.Files++
	counts.Lines += f.line
	if j.fault.spoils() {
		g.spoil(f, j, pos)
	}
	return g.packer.put(j)
}

// spoil gives a gzip its fault and notes the file as refused. What is cut off
// is half a line that was sent whole elsewhere, so nothing of value is lost.
func (g *generator) spoil(f *file, j *job, pos Reject) {
	if j.fault == gzipTruncated {
		j.tail = bytes.Clone(firstHalf(f.bodies))
	}
	g.tally.corrupt(pos)
}

// firstHalf returns the first half of a body, its line end missing.
func firstHalf(bodies []body) []byte {
	for i := range bodies {
		if bodies[i].isBody() && !bodies[i].huge {
			return bodies[i].data[:len(bodies[i].data)/2]
		}
	}
	return []byte(`{"eventType":"fee","feeLst":[{"direction":1,"spId":"demo_t`)
}
