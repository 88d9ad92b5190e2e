package reports

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"
)

// File is one file written.
type File struct {
	Name   string // without folder
	Rows   int64  // rows of data; of a workbook, over all report sheets, totals not counted
	Bytes  int64
	SHA256 string // of the content, lower case hexadecimal
}

// Write fills dir, the folder of the month or period, which it makes if need be: NAME.csv
// and NAME.parquet per report and, unless Names asks for some reports only, the
// workbook xtally-PERIOD.xlsx and the page
// xtally-PERIOD.html. It returns the files in that order.
//
// Everything is written into a hidden folder beside dir first and renamed when all
// of it is done, so a reader never meets half a file. On error the files in dir
// stay as they were; only a failing rename can leave some new and some old, each
// of them whole. Other files in dir are not touched.
//
// The same content of marts and the same options give the same bytes. Nothing is
// closed that the caller opened. Calls may run concurrently if db allows it.
func Write(ctx context.Context, db Queryer, dir string, o Options) ([]File, error) {
	o, err := o.normalize()
	if err != nil {
		return nil, err
	}
	chosen, err := choose(o)
	if err != nil {
		return nil, err
	}
	if chosen, err = tellable(ctx, db, chosen, o); err != nil {
		return nil, err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	stage, err := NewStage(dir)
	if err != nil {
		return nil, err
	}
	files, err := writeAll(ctx, db, stage.Dir, chosen, o)
	if err == nil {
		err = stage.Publish(dir, files)
	}
	if err = errors.Join(err, stage.Close()); err != nil {
		return nil, err
	}
	return files, nil
}

// Export writes one report in one format to w. As a workbook it has the report's
// sheet and, if given, the provenance. Detail, Formats and Names are ignored. On
// error w may hold part of it.
func Export(ctx context.Context, db Queryer, w io.Writer, name string, f Format, o Options) error {
	o.Formats = []Format{f}
	o, err := o.normalize()
	if err != nil {
		return err
	}
	r, ok := Find(name)
	if !ok {
		return fmt.Errorf("report %q: %w", name, ErrUnknownReport)
	}
	if f == XLSX && r.Detail {
		return fmt.Errorf("report %s: %w", name, ErrNoSheet)
	}
	o.Names = []string{name}
	if _, err := tellable(ctx, db, []Report{r}, o); err != nil {
		return err
	}
	stage, err := os.MkdirTemp("", "xtally-report-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)

	path := filepath.Join(stage, "report")
	if f == XLSX {
		_, err = writeWorkbook(ctx, db, path, []Report{r}, false, o)
	} else {
		_, err = writeTable(ctx, db, r, f, path, o)
	}
	if err != nil {
		return err
	}
	return copyFile(w, path)
}

// choose settles which reports to write.
func choose(o Options) ([]Report, error) {
	var chosen []Report
	for _, name := range o.Names {
		r, ok := Find(name)
		if !ok {
			return nil, fmt.Errorf("report %q: %w", name, ErrUnknownReport)
		}
		if !o.has(CSV) && !o.has(Parquet) {
			return nil, fmt.Errorf("report %s: %w", name, ErrNoSheet)
		}
		if !slices.Contains(chosen, r) {
			chosen = append(chosen, r)
		}
	}
	if len(o.Names) > 0 {
		return chosen, nil
	}
	for _, r := range All() {
		if !r.Detail || o.Detail {
			chosen = append(chosen, r)
		}
	}
	return chosen, nil
}

// writeAll writes every file into stage: the tables beside the workbook and the page
// where there is a second connection, since a connection answers one query at a time.
func writeAll(ctx context.Context, db Queryer, stage string, chosen []Report, o Options) ([]File, error) {
	var tables, wholes []File
	both, ctx := errgroup.WithContext(ctx)
	if o.Beside == nil {
		both.SetLimit(1)
	}
	both.Go(func() (err error) {
		tables, err = writeTables(ctx, db, stage, chosen, o)
		return err
	})
	if len(o.Names) == 0 {
		both.Go(func() (err error) {
			wholes, err = writeWholes(ctx, cmp.Or(o.Beside, db), stage, chosen, o)
			return err
		})
	}
	if err := both.Wait(); err != nil {
		return nil, err
	}
	return append(tables, wholes...), nil
}

// writeTables writes the reports as CSV and Parquet.
func writeTables(ctx context.Context, db Queryer, stage string, chosen []Report, o Options) ([]File, error) {
	var files []File
	for _, f := range []Format{CSV, Parquet} {
		if !o.has(f) {
			continue
		}
		for _, r := range chosen {
			path := filepath.Join(stage, r.Name+"."+string(f))
			rows, err := writeTable(ctx, db, r, f, path, o)
			if err != nil {
				return nil, err
			}
			if files, err = appendFile(files, path, rows); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// writeWholes writes what holds all reports: the workbook and the page.
func writeWholes(ctx context.Context, db Queryer, stage string, chosen []Report, o Options) ([]File, error) {
	var files []File
	for _, whole := range []struct {
		format Format
		write  func(path string) (int64, error)
	}{
		{XLSX, func(path string) (int64, error) { return writeWorkbook(ctx, db, path, chosen, true, o) }},
		{HTML, func(path string) (int64, error) { return writePage(ctx, db, path, chosen, o) }},
	} {
		if !o.has(whole.format) {
			continue
		}
		path := filepath.Join(stage, "xtally-"+o.Period()+"."+string(whole.format))
		rows, err := whole.write(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", whole.format, err)
		}
		if files, err = appendFile(files, path, rows); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// writeTable writes one report as CSV or Parquet.
func writeTable(ctx context.Context, db Queryer, r Report, f Format, path string, o Options) (int64, error) {
	rel, err := describe(ctx, db, r, o)
	if err != nil {
		return 0, err
	}
	write := writeCSV
	if f == Parquet {
		write = writeParquet
	}
	rows, err := write(ctx, db, rel, path)
	if err != nil {
		return 0, fmt.Errorf("report %s: %s: %w", r.Name, f, err)
	}
	return rows, nil
}

// appendFile adds the file at path with its size and hash.
func appendFile(files []File, path string, rows int64) ([]File, error) {
	hash := sha256.New()
	if err := copyFile(hash, path); err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return append(files, File{
		Name:   filepath.Base(path),
		Rows:   rows,
		Bytes:  info.Size(),
		SHA256: hex.EncodeToString(hash.Sum(nil)),
	}), nil
}

func copyFile(w io.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}

// Workbook writes these reports to one workbook at path, a sheet each; of those
// that are detail too. It has no summary.
func Workbook(ctx context.Context, db Queryer, path string, o Options, names ...string) error {
	o, err := o.normalize()
	if err != nil {
		return err
	}
	var chosen []Report
	for _, name := range names {
		r, ok := Find(name)
		if !ok {
			return fmt.Errorf("report %q: %w", name, ErrUnknownReport)
		}
		r.Detail = false
		chosen = append(chosen, r)
	}
	_, err = writeWorkbook(ctx, db, path, chosen, false, o)
	return err
}
