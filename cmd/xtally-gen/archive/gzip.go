package archive

import (
	"bytes"
	"time"
)

// gzipFault is what is odd about a gzip file.
type gzipFault uint8

const (
	gzipWhole     gzipFault = iota
	gzipMembers             // several members, which is allowed
	gzipTruncated           // cut inside its last block
	gzipChecksum            // wrong checksum at its end
)

// spoils tells whether the file must be reported as corrupt.
func (f gzipFault) spoils() bool { return f == gzipTruncated || f == gzipChecksum }

func (p *packer) gzipped(j *job) ([]byte, error) {
	var out bytes.Buffer
	parts := [][]byte{j.data}
	if j.fault == gzipMembers {
		parts = thirds(j.data)
	}
	for _, part := range parts {
		if err := p.gzipMember(&out, part, j.modTime); err != nil {
			return nil, err
		}
	}
	switch j.fault {
	case gzipTruncated:
		return p.truncated(j)
	case gzipChecksum:
		const trailer = 8 // checksum and size, four bytes each
		out.Bytes()[out.Len()-trailer] ^= 0xff
	}
	return out.Bytes(), nil
}

func (p *packer) gzipMember(out *bytes.Buffer, data []byte, modTime time.Time) error {
	p.gzip.Reset(out)
	p.gzip.ModTime = modTime
	if _, err := p.gzip.Write(data); err != nil {
		return err
	}
	return p.gzip.Close()
}

// truncated flushes after the last whole line, so that every reader gets at
// all of them, and cuts the half line that follows.
func (p *packer) truncated(j *job) ([]byte, error) {
	var out bytes.Buffer
	p.gzip.Reset(&out)
	p.gzip.ModTime = j.modTime
	if _, err := p.gzip.Write(j.data); err != nil {
		return nil, err
	}
	if err := p.gzip.Flush(); err != nil {
		return nil, err
	}
	whole := out.Len()
	if _, err := p.gzip.Write(j.tail); err != nil {
		return nil, err
	}
	if err := p.gzip.Close(); err != nil {
		return nil, err
	}
	return out.Bytes()[:whole+(out.Len()-whole)/2], nil
}

// thirds cuts data into up to three parts at line ends.
func thirds(data []byte) [][]byte {
	var parts [][]byte
	for n := 3; n > 1; n-- {
		at := bytes.IndexByte(data[len(data)/n:], '\n')
		if at < 0 {
			break
		}
		at += len(data)/n + 1
		parts = append(parts, data[:at])
		data = data[at:]
	}
	return append(parts, data)
}
