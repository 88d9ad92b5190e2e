package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// readLedger learns which files were loaded before.
func (l *loader) readLedger(ctx context.Context) error {
	l.known, l.sources, l.bodies = map[string][]string{}, map[string][]sourceState{}, map[string]int64{}
	rows, err := l.conn.QueryContext(ctx, "select source, sha256, source_bytes, file_id, body_count from raw.files order by source_bytes")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var source, sum string
		var bytes, id, bodies int64
		if err := rows.Scan(&source, &sum, &bytes, &id, &bodies); err != nil {
			return err
		}
		if !slices.Contains(l.known[sum], source) {
			l.known[sum] = append(l.known[sum], source)
		}
		l.sources[source] = append(l.sources[source], sourceState{sum, bytes})
		l.bodies[sum] += bodies
		l.lastID = max(l.lastID, id)
	}
	return rows.Err()
}

// commit writes the ledger's rows, proves the counts and commits.
func (l *loader) commit(ctx context.Context) error {
	ids := make([]int64, len(l.done))
	for i, d := range l.done {
		ids[i] = d.id
	}
	if err := l.exec(ctx, "create or replace temp table done_files as select unnest("+idList(ids)+") as file_id"); err != nil {
		return err
	}
	for _, d := range l.done {
		for _, sum := range d.replaces {
			if err := l.forget(ctx, d.source, sum); err != nil {
				return err
			}
		}
	}
	if err := l.writeLedger(ctx); err != nil {
		return err
	}
	if err := l.refusePruned(ctx); err != nil {
		return err
	}
	files, err := l.proveCounts(ctx)
	if err != nil {
		return err
	}
	if err := l.exec(ctx, "commit"); err != nil {
		return err
	}
	l.inTx = false
	l.done = l.done[:0]
	for _, f := range files {
		l.result.Records += f.Records
	}
	l.result.Files = append(l.result.Files, files...)
	l.result.Loaded += len(files)
	return nil
}

// listCopies enters files whose twin lies in the same archive: read once,
// their records are duplicates.
func (l *loader) listCopies(ctx context.Context, copies []fileDone) error {
	for _, d := range copies {
		if _, err := l.conn.ExecContext(ctx, `insert into raw.files
			select ?, ? || substr(file, length(source) + 1), ?, sha256, bytes, source_bytes, line_count, blank_line_count,
				frame_line_count, frame_count, repaired_line_count, body_count, record_count, event_count,
				message_count, status_count, reject_count, 'copy', ?
			from raw.files
			where sha256 = ? and status <> 'copy'`,
			d.id, d.source, d.source, l.o.Now().UTC().Truncate(1e9), d.sha256); err != nil {
			return err
		}
	}
	return nil
}

// forget removes the earlier, shorter state of a file that has grown. Its
// lines are all in the new state, so nothing is lost. Without the numbers of their routes
// its months are made anew as a whole.
func (l *loader) forget(ctx context.Context, source, sum string) error {
	state := "source = " + quote(source) + " and sha256 = " + quote(sum)
	old := "(select file_id from raw.files where " + state + ")"
	for _, t := range []string{"fee_records", "events", "sms", "number_status"} {
		if err := l.exec(ctx,
			"insert into raw.months_to_build select distinct month from raw."+t+" where file_id in "+old,
			"delete from raw.routes where month in (select month from raw."+t+" where file_id in "+old+")",
			"delete from raw."+t+" where file_id in "+old); err != nil {
			return err
		}
	}
	return l.exec(ctx,
		"delete from raw.rejects where file_id in "+old,
		"delete from raw.files where "+state)
}

// writeLedger inserts the finished files with what the reader counted, many in one
// statement: a statement a file costs a millisecond each.
func (l *loader) writeLedger(ctx context.Context) error {
	now := l.o.Now().UTC().Format(time.DateTime)
	for part := range slices.Chunk(l.done, ledgerRows) {
		rows := make([]ledgerRow, len(part))
		for i, d := range part {
			s := d.stats
			rows[i] = ledgerRow{d.id, d.name, d.source, d.sha256, d.bytes, d.sourceBytes,
				s.lines, s.blank, s.frameLines, s.frames, s.repaired, d.status(), now}
		}
		text, err := json.Marshal(rows)
		if err != nil {
			return err
		}
		if _, err := l.conn.ExecContext(ctx, ledgerInsert, string(text)); err != nil {
			return err
		}
	}
	return nil
}

// ledgerRow is one row of raw.files. Rows go to the database as one text of JSON: as
// constants of SQL, a million small files took 15 GB to plan.
type ledgerRow struct {
	FileID      int64  `json:"file_id"`
	File        string `json:"file"`
	Source      string `json:"source"`
	SHA256      string `json:"sha256"`
	Bytes       int64  `json:"bytes"`
	SourceBytes int64  `json:"source_bytes"`
	Lines       int64  `json:"line_count"`
	Blank       int64  `json:"blank_line_count"`
	FrameLines  int64  `json:"frame_line_count"`
	Frames      int64  `json:"frame_count"`
	Repaired    int64  `json:"repaired_line_count"`
	Status      string `json:"status"`
	LoadedAt    string `json:"loaded_at"`
}

// ledgerRows is how many rows go at once.
const ledgerRows = 20_000

const ledgerInsert = `insert into raw.files by name select unnest(from_json(?, '[{"file_id": "INTEGER", "file": "VARCHAR",
	"source": "VARCHAR", "sha256": "VARCHAR", "bytes": "BIGINT", "source_bytes": "BIGINT", "line_count": "BIGINT",
	"blank_line_count": "BIGINT", "frame_line_count": "BIGINT", "frame_count": "BIGINT", "repaired_line_count": "BIGINT",
	"status": "VARCHAR", "loaded_at": "TIMESTAMP"}]'), recursive := true)`

// status is what the ledger says of a file.
func (d fileDone) status() string {
	switch {
	case d.damaged:
		return "damaged"
	case d.stats.frames == 0:
		return "empty"
	}
	return "loaded"
}

// proveCounts counts in the tables what the files gave and holds it against
// what the reader saw: lines = blank + framed, frames = bodies + rejects.
func (l *loader) proveCounts(ctx context.Context) ([]File, error) {
	counts, err := l.query("file_counts")
	if err != nil {
		return nil, err
	}
	if err := l.exec(ctx,
		"update raw.files set body_count = 0, record_count = 0, event_count = 0, message_count = 0, status_count = 0, reject_count = 0 "+
			"where file_id in (select file_id from done_files)",
		"update raw.files set body_count = counts.body_count, record_count = counts.record_count, event_count = counts.event_count, "+
			"message_count = counts.message_count, status_count = counts.status_count, reject_count = counts.reject_count "+
			"from ("+counts+") as counts where raw.files.file_id = counts.file_id",
	); err != nil {
		return nil, err
	}
	rows, err := l.conn.QueryContext(ctx, "select file, sha256, bytes, line_count, blank_line_count, frame_line_count, frame_count, "+
		"body_count, record_count, event_count, message_count, status_count, reject_count, status "+
		"from raw.files where file_id in (select file_id from done_files) order by file")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var files []File
	for rows.Next() {
		var f File
		var blank, framed, frames int64
		if err := rows.Scan(&f.Name, &f.SHA256, &f.Bytes, &f.Lines, &blank, &framed, &frames,
			&f.Bodies, &f.Records, &f.Events, &f.Messages, &f.Statuses, &f.Rejects, &f.Status); err != nil {
			return nil, err
		}
		if f.Lines != blank+framed || frames != f.Bodies+f.Rejects {
			return nil, &Error{f.Name, fmt.Errorf("lines unaccounted for: %d lines, %d blank, %d framed; %d frames, %d bodies, %d rejects; please report this file's shape",
				f.Lines, blank, framed, frames, f.Bodies, f.Rejects)}
		}
		files = append(files, f)
	}
	return files, rows.Err()
}
