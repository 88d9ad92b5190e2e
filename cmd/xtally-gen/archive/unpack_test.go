package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// unit is one file, or member of one, unpacked as far as it can be read.
type unit struct {
	file, member string
	data         []byte
	corrupt      bool
}

// name is the innermost name without its packing.
func (u unit) name() string {
	if u.member != "" {
		return u.member
	}
	return strings.TrimSuffix(strings.TrimSuffix(u.file, ".gz"), ".zst")
}

// unpack reads a whole archive with the standard library where it can, so that
// the writer's own packing is not its only witness.
func unpack(t *testing.T, root string) []unit {
	t.Helper()
	var units []unit
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		units = append(units, unpackFile(t, filepath.ToSlash(rel), data)...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return units
}

func unpackFile(t *testing.T, name string, data []byte) []unit {
	t.Helper()
	switch {
	case strings.HasSuffix(name, ".zip"):
		return unzip(t, name, data)
	case strings.HasSuffix(name, ".tar"):
		return untar(t, name, data)
	case strings.HasSuffix(name, ".tar.gz"):
		data, corrupt := gunzip(t, data)
		if corrupt {
			t.Errorf("%s is corrupt", name)
		}
		return untar(t, name, data)
	case strings.HasSuffix(name, ".gz"):
		data, corrupt := gunzip(t, data)
		return []unit{{file: name, data: data, corrupt: corrupt}}
	case strings.HasSuffix(name, ".zst"):
		return []unit{{file: name, data: unzstd(t, data)}}
	}
	return []unit{{file: name, data: data}}
}

func gunzip(t *testing.T, data []byte) (text []byte, corrupt bool) {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err = io.ReadAll(r)
	return text, err != nil
}

func unzstd(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := r.DecodeAll(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func unzip(t *testing.T, name string, data []byte) []unit {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var units []unit
	for _, f := range r.File {
		m, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(m)
		if err != nil {
			t.Fatal(err)
		}
		units = append(units, unit{file: name, member: f.Name, data: text})
	}
	return units
}

func untar(t *testing.T, name string, data []byte) []unit {
	t.Helper()
	var units []unit
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return units
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		units = append(units, unit{file: name, member: h.Name, data: text})
	}
}
