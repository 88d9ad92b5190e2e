package mail

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// pack makes the attachment: protected when there is a password, zipped when
// large, nil when too large even so or when there is nothing.
func pack(workbook File, o Options) (*File, error) {
	if len(workbook.Content) == 0 {
		return nil, nil
	}
	f := workbook
	if o.Password != "" {
		locked, err := excelize.Encrypt(f.Content, &excelize.Options{Password: o.Password})
		if err != nil {
			return nil, fmt.Errorf("protect %s: %w", f.Name, err)
		}
		f.Content = locked
	}
	if int64(len(f.Content)) > o.ZipAbove {
		zipped, err := zipOf(f)
		if err != nil {
			return nil, fmt.Errorf("zip %s: %w", f.Name, err)
		}
		f = zipped
	}
	if int64(len(f.Content)) > o.AttachAtMost {
		return nil, nil
	}
	return &f, nil
}

// zipOf packs a file into an archive of its name.
func zipOf(f File) (File, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(f.Name)
	if err != nil {
		return File{}, err
	}
	if _, err := w.Write(f.Content); err != nil {
		return File{}, err
	}
	if err := z.Close(); err != nil {
		return File{}, err
	}
	return File{strings.TrimSuffix(f.Name, path.Ext(f.Name)) + ".zip", b.Bytes()}, nil
}
