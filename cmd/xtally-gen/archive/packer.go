package archive

import (
	"io"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// job is a finished file on its way to the disk.
type job struct {
	kind      kind
	day, name string
	perDay    bool // no folder of the day: the name says it
	container Container
	data      []byte
	tail      []byte // of a truncated gzip: what is cut
	fault     gzipFault
	modTime   time.Time // fixed, so that the same seed gives the same bytes
}

// isDaily tells whether the container holds a day's files as members.
func (c Container) isDaily() bool {
	return c == ContainerZip || c == ContainerTar || c == ContainerTarGz
}

// paths returns the file's slash path inside the archive and, in a zip or tar,
// the name of the member.
func (j *job) paths() (file, member string) {
	folder := j.kind.String()
	if j.container.isDaily() {
		return path.Join(folder, j.day+"."+string(j.container)), j.name
	}
	if !j.perDay {
		folder = path.Join(folder, j.day)
	}
	if j.container == ContainerPlain {
		return path.Join(folder, j.name), ""
	}
	return path.Join(folder, j.name+"."+string(j.container)), ""
}

// packer compresses and writes files behind the generator's back, in the order
// they come.
type packer struct {
	root    string
	jobs    chan *job
	buffers chan []byte   // used ones, to be filled again
	failed  chan struct{} // closed on the first error
	done    chan struct{} // closed when the last job is written
	err     error         // set before failed or done is closed

	gzip  *gzip.Writer
	zstd  *zstd.Encoder
	daily [kindCount]*dayArchive // the open zip or tar of each kind
}

func newPacker(root string) (*packer, error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	gz, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	zs, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	const ahead = 2 // finished files waiting
	p := &packer{
		root: root, gzip: gz, zstd: zs, jobs: make(chan *job, ahead),
		buffers: make(chan []byte, ahead+2), failed: make(chan struct{}), done: make(chan struct{}),
	}
	go p.work()
	return p, nil
}

// buffer returns an empty buffer, if possible one that has grown already.
func (p *packer) buffer() []byte {
	select {
	case buf := <-p.buffers:
		return buf[:0]
	default:
		return nil
	}
}

// put hands a file over; its data belongs to the packer from then on.
func (p *packer) put(j *job) error {
	select {
	case p.jobs <- j:
		return nil
	case <-p.failed:
		return p.err
	}
}

// close waits for the last file and returns the first error.
func (p *packer) close() error {
	close(p.jobs)
	<-p.done
	return p.err
}

func (p *packer) work() {
	defer close(p.done)
	for j := range p.jobs {
		if p.err != nil {
			continue // drain
		}
		if p.err = p.write(j); p.err != nil {
			close(p.failed)
			continue
		}
		select {
		case p.buffers <- j.data:
		default:
		}
	}
	for _, a := range p.daily {
		if err := a.close(); p.err == nil {
			p.err = err
		}
	}
}

func (p *packer) write(j *job) error {
	if j.container.isDaily() {
		return p.writeMember(j)
	}
	name, _ := j.paths()
	full := filepath.Join(p.root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	data, err := p.pack(j)
	if err != nil {
		return err
	}
	return os.WriteFile(full, data, 0o644)
}

func (p *packer) pack(j *job) ([]byte, error) {
	switch j.container {
	case ContainerGzip:
		return p.gzipped(j)
	case ContainerZstd:
		return p.zstd.EncodeAll(j.data, nil), nil
	}
	return j.data, nil
}

// writeMember adds a file to the archive of its day, closing the day before's.
func (p *packer) writeMember(j *job) error {
	name, member := j.paths()
	a := p.daily[j.kind]
	if a == nil || a.name != name {
		if err := a.close(); err != nil {
			return err
		}
		var err error
		if a, err = createDayArchive(p.root, name, j.container); err != nil {
			return err
		}
		p.daily[j.kind] = a
	}
	return a.add(member, j.data, j.modTime)
}
