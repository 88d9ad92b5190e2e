package ingest

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"time"
)

// stamp is what changes whenever a file's content does. The zero stamp says nothing.
type stamp struct {
	Bytes      int64 `json:"bytes"`
	Inode      int64 `json:"inode"`
	ModifiedNs int64 `json:"modified_ns"` // since 1970, as ChangedNs
	ChangedNs  int64 `json:"changed_ns"`  // of content, name or rights; set by the system alone
}

// isSettled tells whether a file had been left alone for a while when it was found. One
// just written could be written again within the same tick of the clock, and would look
// the same.
func (s stamp) isSettled(found time.Time) bool {
	const while = 10 * time.Second
	return s != stamp{} && max(s.ModifiedNs, s.ChangedNs) < found.Add(-while).UnixNano()
}

// seenFile is a row of raw.seen_files.
type seenFile struct {
	Path string `json:"path"`
	stamp
	SHA256 string `json:"sha256"`
}

// readSeen learns which files were hashed before, of those whose content is in the
// ledger: by path.
func (l *loader) readSeen(ctx context.Context) (map[string]seenFile, error) {
	rows, err := l.conn.QueryContext(ctx, "select path, bytes, inode, modified_ns, changed_ns, sha256 from raw.seen_files")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	seen := map[string]seenFile{}
	for rows.Next() {
		var f seenFile
		if err := rows.Scan(&f.Path, &f.Bytes, &f.Inode, &f.ModifiedNs, &f.ChangedNs, &f.SHA256); err != nil {
			return nil, err
		}
		if len(l.known[f.SHA256]) > 0 {
			seen[f.Path] = f
		}
	}
	return seen, rows.Err()
}

// noteSeen keeps how the files were whose content was hashed. Those that are not in the
// ledger after all, since reading them failed, are hashed again, and so are those not yet
// noted when the process is killed.
func (l *loader) noteSeen(ctx context.Context, files []seenFile) error {
	if len(files) == 0 {
		return nil
	}
	for part := range slices.Chunk(files, ledgerRows) {
		text, err := json.Marshal(part)
		if err != nil {
			return err
		}
		if _, err := l.conn.ExecContext(ctx, "create or replace temp table seen_now as "+seenRows, string(text)); err != nil {
			return err
		}
		if err := l.exec(ctx, "delete from raw.seen_files where path in (select path from seen_now)",
			"insert into raw.seen_files by name select * from seen_now"); err != nil {
			return err
		}
	}
	return l.exec(ctx, "delete from raw.seen_files where sha256 not in (select sha256 from raw.files)")
}

const seenRows = `select unnest(from_json(?, '[{"path": "VARCHAR", "bytes": "BIGINT", "inode": "BIGINT",
	"modified_ns": "BIGINT", "changed_ns": "BIGINT", "sha256": "VARCHAR"}]'), recursive := true)`

// placeOf is what a file on disk is seen under: its path, whatever folder a run begins in.
func placeOf(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
