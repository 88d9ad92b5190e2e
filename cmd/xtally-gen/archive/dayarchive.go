package archive

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// dayArchive is an open zip or tar with the files of one day.
type dayArchive struct {
	name    string
	zip     *zip.Writer // one of zip and tar is set
	tar     *tar.Writer
	closers []io.Closer // innermost first
}

// createDayArchive creates the file name, a slash path, under root.
func createDayArchive(root, name string, container Container) (*dayArchive, error) {
	full := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) // a day comes once
	if err != nil {
		return nil, err
	}
	a := &dayArchive{name: name}
	switch container {
	case ContainerZip:
		a.zip = zip.NewWriter(f)
		a.zip.RegisterCompressor(zip.Deflate, fastDeflate)
		a.closers = []io.Closer{a.zip, f}
	case ContainerTar:
		a.tar = tar.NewWriter(f)
		a.closers = []io.Closer{a.tar, f}
	default:
		gz, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		a.tar = tar.NewWriter(gz)
		a.closers = []io.Closer{a.tar, gz, f}
	}
	return a, nil
}

func fastDeflate(w io.Writer) (io.WriteCloser, error) {
	return flate.NewWriter(w, flate.BestSpeed)
}

// add appends a member.
func (a *dayArchive) add(name string, data []byte, modTime time.Time) error {
	w, err := a.member(name, int64(len(data)), modTime)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func (a *dayArchive) member(name string, size int64, modTime time.Time) (io.Writer, error) {
	if a.zip != nil {
		return a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: modTime})
	}
	header := &tar.Header{Name: name, Mode: 0o644, Size: size, ModTime: modTime, Format: tar.FormatUSTAR}
	return a.tar, a.tar.WriteHeader(header)
}

// close completes the archive; a nil one is none.
func (a *dayArchive) close() error {
	if a == nil {
		return nil
	}
	var errs []error
	for _, c := range a.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
