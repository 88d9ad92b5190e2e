package xtally

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/xtally/xtally/reports"
)

// keepFiles puts the files of a folder into the database, compressed.
func (t *Tally) keepFiles(ctx context.Context, id int64, dir string, files []reports.File) error {
	packer, err := zstd.NewWriter(nil)
	if err != nil {
		return err
	}
	defer packer.Close()
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil {
			return err
		}
		_, err = t.conn.ExecContext(ctx, "insert into raw.closed_files values (?, ?, ?, ?, ?, ?)",
			id, f.Name, packer.EncodeAll(content, nil), len(content), sumOf(content), f.Rows)
		if err != nil {
			return err
		}
	}
	return nil
}

// reportAsClosed writes the files kept at a month's closing back into dir.
func (t *Tally) reportAsClosed(ctx context.Context, dir string, month Month, names []string) ([]reports.File, error) {
	if _, err := t.closing(ctx, month); err != nil {
		return nil, fmt.Errorf("report %s as closed: %w", month, err)
	}
	rows, err := t.conn.QueryContext(ctx, `select name, content, bytes, sha256, row_count from raw.closed_files
		where closing_id = (select closing_id from raw.closings where month = cast(? as date) and reopened_at is null) order by name`, month.String()+"-01")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	kept, contents, err := unpackFiles(rows, names)
	if err != nil {
		return nil, fmt.Errorf("report %s as closed: %w", month, err)
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf("report %s as closed: %s was not kept; without names all that was is written", month, strings.Join(names, ", "))
	}
	dir = filepath.Join(dir, month.String())
	if err := writeFiles(dir, kept, contents); err != nil {
		return nil, err
	}
	kept = slices.DeleteFunc(kept, func(f reports.File) bool { return f.Name == "manifest.json" }) // no report
	if len(names) > 0 {
		return kept, nil
	}
	return kept, removeStale(dir, month.String(), kept)
}

// writeFiles writes all files beside their place before it renames the first.
func writeFiles(dir string, files []reports.File, contents [][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	stage, err := reports.NewStage(dir)
	if err != nil {
		return err
	}
	for i, f := range files {
		if err == nil {
			err = os.WriteFile(stage.Path(f.Name), contents[i], 0o644)
		}
	}
	if err == nil {
		err = stage.Publish(dir, files)
	}
	return errors.Join(err, stage.Close())
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// unpackFiles reads kept files, proves each by its hash, and leaves out those
// of other reports if names are given.
func unpackFiles(rows *sql.Rows, names []string) (kept []reports.File, contents [][]byte, err error) {
	unpacker, err := zstd.NewReader(nil)
	if err != nil {
		return nil, nil, err
	}
	defer unpacker.Close()
	for rows.Next() {
		var f reports.File
		var packed []byte
		if err := rows.Scan(&f.Name, &packed, &f.Bytes, &f.SHA256, &f.Rows); err != nil {
			return nil, nil, err
		}
		if report, _, _ := strings.Cut(f.Name, "."); len(names) > 0 && !slices.Contains(names, report) {
			continue
		}
		content, err := unpacker.DecodeAll(packed, nil)
		if err != nil || sumOf(content) != f.SHA256 {
			return nil, nil, fmt.Errorf("file %s in the database is damaged; restore the database from a backup", f.Name)
		}
		kept, contents = append(kept, f), append(contents, content)
	}
	return kept, contents, rows.Err()
}
