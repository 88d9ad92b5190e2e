package ingest

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
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
