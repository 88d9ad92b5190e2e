package ingest

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// loader takes chunks into the database.
type loader struct {
	conn    *sql.Conn
	o       Options
	known   map[string][]string
	sources map[string][]sourceState
	bodies  map[string]int64 // sha256 → callbacks in it
	lastID  int64

	inTx    bool
	records atomic.Int64 // records read so far, for the progress
	done    []fileDone
	result  Result
}

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

// consume loads chunks until the producer ends, committing between files.
func (l *loader) consume(ctx context.Context, p *producer) (err error) {
	defer func() {
		if l.inTx {
			// The context may be gone; the rollback must still happen.
			l.conn.ExecContext(context.WithoutCancel(ctx), "rollback")
		}
	}()
	for c := range p.out {
		err := l.chunk(ctx, c)
		c.remove()
		if err != nil {
			return err
		}
	}
	if err := p.stopped(); err != nil {
		return err
	}
	return ctx.Err()
}

// chunk loads one chunk and, when it ends between files, commits.
func (l *loader) chunk(ctx context.Context, c *chunk) error {
	if !l.inTx {
		if err := l.begin(ctx); err != nil {
			return err
		}
	}
	if err := l.load(ctx, c); err != nil {
		return err
	}
	for _, p := range c.parts {
		l.done = append(l.done, p.done...)
	}
	if c.open {
		return nil
	}
	return l.commit(ctx)
}

func (l *loader) begin(ctx context.Context) error {
	l.inTx = true
	return l.exec(ctx,
		"begin transaction",
		"create or replace temp table empty_bodies (file_id integer, body_no bigint)")
}

// load brings one chunk into raw: the records of plain pushes while they are
// being read, then plain events, then as text what the JSON reader did not
// bring back and what was never plain.
func (l *loader) load(ctx context.Context, c *chunk) error {
	brought, err := l.plainRecords(ctx, c)
	if err != nil {
		return err
	}
	select {
	case <-c.filled:
	case <-ctx.Done():
		return ctx.Err()
	}
	if c.err != nil {
		return c.err
	}
	if brought != c.recordCount() {
		return fmt.Errorf("%d records handed to the database, %d brought; please report this", c.recordCount(), brought)
	}
	l.records.Add(brought)
	if err := l.exec(ctx,
		"create or replace temp table chunk_files as select unnest("+idList(c.fileIDs())+") as file_id",
		fmt.Sprintf("set variable longest_line = %d", max(2<<20, c.longest()+1<<10)),
		"create or replace temp table frames (file_id integer, body_no bigint, line bigint, problem varchar, context varchar, body varchar)",
	); err != nil {
		return err
	}
	if err := l.plain(ctx, c, eventSpool, "events"); err != nil {
		return err
	}
	if c.frames(textSpool) > 0 {
		if _, err := l.spooled(ctx, c.path(textSpool), "insert into frames by name ", "frames"); err != nil {
			return err
		}
	}
	var text int64
	if err := l.conn.QueryRowContext(ctx, "select count(*) from frames").Scan(&text); err != nil {
		return err
	}
	if text > 0 {
		if err := l.recover(ctx, c); err != nil {
			return err
		}
	}
	return l.exec(ctx, "insert into raw.months_to_build "+
		"select distinct month from raw.fee_records where "+inChunk+
		" union select distinct month from raw.events where "+inChunk+
		" union select distinct month from raw.sms where "+inChunk+
		" union select distinct month from raw.number_status where "+inChunk)
}

// inChunk selects the rows of the files of the current chunk.
const inChunk = "file_id in (select file_id from chunk_files)"

// plainRecords takes the records of the chunk until it is filled.
func (l *loader) plainRecords(ctx context.Context, c *chunk) (brought int64, err error) {
	l.o.Feed.chunk = c
	defer func() { l.o.Feed.chunk = nil }()
	if err := l.feeSpool(ctx, "plain_records"); err != nil {
		return 0, err
	}
	return l.run(ctx, "insert into raw.fee_records by name ", "fee_records")
}

// feeSpool sets what sql/ingest/fee_records.sql reads.
func (l *loader) feeSpool(ctx context.Context, name string) error {
	q, err := l.query(name)
	if err != nil {
		return err
	}
	q = strings.Replace(q, "plain_records()", l.o.Feed.name+"()", 1)
	return l.exec(ctx, "create or replace temp view fee_spool as "+q)
}

// fileIDs lists the files with frames in the chunk.
func (c *chunk) fileIDs() []int64 {
	var ids []int64
	for _, p := range c.parts {
		ids = append(ids, p.begun...)
	}
	return ids
}

// plain loads a JSON spool. A body of which any line did not come back is
// taken out again and looked at as text.
func (l *loader) plain(ctx context.Context, c *chunk, spool int, relation string) error {
	if c.frames(spool) == 0 {
		return nil
	}
	brought, err := l.spooled(ctx, c.path(spool), "insert into raw."+relation+" by name ", relation)
	if err != nil || brought == c.frames(spool) {
		return err
	}
	if _, err := l.spooled(ctx, c.path(spool), "insert into frames by name ", "unread_"+relation); err != nil {
		return err
	}
	return l.exec(ctx, "delete from raw."+relation+" where "+inChunk+" and (file_id, body_no) in (select (file_id, body_no) from frames)")
}

// recover finds out what each text frame is, sends callbacks through the JSON
// reader and all else to the rejects.
func (l *loader) recover(ctx context.Context, c *chunk) error {
	bodies, err := l.query("bodies")
	if err != nil {
		return err
	}
	if err := l.exec(ctx, "create or replace temp table bodies as "+bodies); err != nil {
		return err
	}
	for _, k := range [][2]string{{"fee", "fee_records"}, {"event", "events"}, {"sms", "sms"}, {"status", "number_status"}} {
		if err := l.recoverKind(ctx, c, k[0], k[1]); err != nil {
			return err
		}
	}
	return l.exec(ctx,
		"insert into empty_bodies select file_id, body_no from bodies where is_callback(kind) and record_count = 0",
		"insert into raw.rejects by name select file_id, body_no, line, kind as reason, detail, text from bodies where not is_callback(kind)",
	)
}

// recoverKind loads the recovered bodies of one kind. A body that the JSON
// reader still does not take, or not with all its records, is rejected whole.
func (l *loader) recoverKind(ctx context.Context, c *chunk, kind, relation string) error {
	var n int64
	if err := l.conn.QueryRowContext(ctx, "select count(*) from bodies where kind = ? and record_count > 0", kind).Scan(&n); err != nil || n == 0 {
		return err
	}
	spliced := "spliced_bodies"
	if kind == "fee" {
		spliced = "spliced_records"
	}
	lines, err := l.query(spliced)
	if err != nil {
		return err
	}
	path := filepath.Join(c.dir, "recovered-"+kind)
	if err := l.exec(ctx,
		fmt.Sprintf("set variable kind = '%s'", kind),
		"copy ("+lines+") to "+quote(path)+" (format csv, header false, quote '', escape '', delimiter '\x01')",
	); err != nil {
		return err
	}
	if kind == "fee" {
		if err := l.feeSpool(ctx, "recovered_records"); err != nil {
			return err
		}
	}
	if _, err := l.spooled(ctx, path, "insert into raw."+relation+" by name ", relation); err != nil {
		return err
	}
	return l.exec(ctx,
		"create or replace temp table unread as select file_id, body_no from bodies "+
			"left join (select file_id, body_no, count(*) as brought_count from raw."+relation+" where "+inChunk+" group by file_id, body_no) as brought using (file_id, body_no) "+
			"where kind = getvariable('kind') and record_count > 0 and coalesce(brought_count, 0) <> record_count",
		"delete from raw."+relation+" where "+inChunk+" and (file_id, body_no) in (select (file_id, body_no) from unread)",
		"update bodies set kind = 'unreadable_member', detail = 'JSON with a member that cannot be read (a broken \\u escape?)', text = callback "+
			"where (file_id, body_no) in (select (file_id, body_no) from unread)",
	)
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

// refusePruned rejects what the files hold of months that were pruned.
func (l *loader) refusePruned(ctx context.Context) error {
	var months int64
	if err := l.conn.QueryRowContext(ctx, "select count(*) from raw.pruned_months").Scan(&months); err != nil || months == 0 {
		return err
	}
	entries, err := l.query("pruned_entries")
	if err != nil {
		return err
	}
	bodies, err := l.query("pruned_bodies")
	if err != nil {
		return err
	}
	if err := l.exec(ctx, "create or replace temp table pruned_entries as "+entries, "insert into raw.rejects by name "+bodies,
		"delete from raw.fee_records where (file_id, body_no, record_no) in (select (file_id, body_no, entry_no) from pruned_entries)",
		"delete from raw.number_status where (file_id, body_no, notice_no) in (select (file_id, body_no, entry_no) from pruned_entries)",
	); err != nil {
		return err
	}
	for _, t := range []string{"events", "sms"} {
		if err := l.exec(ctx, "delete from raw."+t+" where (file_id, body_no) in (select (file_id, body_no) from pruned_entries)"); err != nil {
			return err
		}
	}
	return l.exec(ctx, "delete from raw.months_to_build where month in (select month from raw.pruned_months)")
}

// idList writes ids as a list of SQL, by way of one text: there may be a million.
func idList(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return "cast('[" + strings.Join(texts, ", ") + "]' as integer[])"
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
// lines are all in the new state, so nothing is lost.
func (l *loader) forget(ctx context.Context, source, sum string) error {
	state := "source = " + quote(source) + " and sha256 = " + quote(sum)
	old := "(select file_id from raw.files where " + state + ")"
	for _, t := range []string{"fee_records", "events", "sms", "number_status"} {
		if err := l.exec(ctx,
			"insert into raw.months_to_build select distinct month from raw."+t+" where file_id in "+old,
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

// spooled runs a statement of sql/ingest over spool files and returns how many
// rows it brought.
func (l *loader) spooled(ctx context.Context, path, prefix, name string) (int64, error) {
	if err := l.exec(ctx, "set variable spool = "+quote(path)); err != nil {
		return 0, err
	}
	return l.run(ctx, prefix, name)
}

// run runs a statement of sql/ingest and returns how many rows it brought.
func (l *loader) run(ctx context.Context, prefix, name string) (int64, error) {
	q, err := l.query(name)
	if err != nil {
		return 0, err
	}
	r, err := l.conn.ExecContext(ctx, prefix+q)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (l *loader) query(name string) (string, error) {
	b, err := fs.ReadFile(l.o.SQL, "ingest/"+name+".sql")
	return string(b), err
}

func (l *loader) exec(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := l.conn.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
