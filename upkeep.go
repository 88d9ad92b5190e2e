package xtally

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/xtally/xtally/reports"
)

// Upkeep is what the one who keeps the server wants to know of the database.
type Upkeep struct {
	DatabaseBytes int64       `json:"database_bytes"`  // 0 in memory
	DiskFreeBytes int64       `json:"disk_free_bytes"` // where the database lies; -1 where the system does not say
	LastRuns      []RunRecord `json:"last_runs"`       // of jobs, the latest first
	MailsWaiting  int64       `json:"mails_waiting"`
	OpenAlerts    int64       `json:"open_alerts"`
	Disclosures   int64       `json:"disclosures"` // times people's numbers were written in full
}

// upkeepRuns is how many runs Upkeep shows.
const upkeepRuns = 5

// Upkeep tells how the database and the jobs on it are.
func (t *Tally) Upkeep(ctx context.Context) (u Upkeep, err error) {
	if t.path != "" {
		info, err := os.Stat(t.path)
		if err != nil {
			return u, err
		}
		u.DatabaseBytes = info.Size()
		if wal, err := os.Stat(t.path + ".wal"); err == nil {
			u.DatabaseBytes += wal.Size()
		}
	}
	u.DiskFreeBytes = diskFree(filepath.Dir(t.path))
	if u.LastRuns, err = t.Runs(ctx, upkeepRuns); err != nil {
		return u, err
	}
	u.LastRuns = append([]RunRecord{}, u.LastRuns...)
	err = t.conn.QueryRowContext(ctx, `select
			(select count(*) from raw.outbox where status = 'waiting'),
			(select count(*) from (select alert_key, max_by(state, change_no) as state from raw.alerts group by alert_key) as last where last.state <> 'resolved'),
			(select count(*) from raw.disclosures)`).Scan(&u.MailsWaiting, &u.OpenAlerts, &u.Disclosures)
	return u, err
}

// ErrBackupThere is returned by Backup for a file that is there already.
var ErrBackupThere = errors.New("is there already; name another file, an old backup is not written over")

// Backup writes a copy of the database to path while nobody else has it open: as it
// was at one moment, opened and counted before it gets its name. It holds all there is
// (records, calls, closings, outbox); a restore is to put it in the place of the database
// and of its .wal.
func (t *Tally) Backup(ctx context.Context, path string) (bytes int64, err error) {
	if _, err := os.Stat(path); err == nil {
		return 0, fmt.Errorf("backup %s: %w", path, ErrBackupThere)
	}
	stage, err := reports.NewStage(path)
	if err != nil {
		return 0, fmt.Errorf("backup %s: %w", path, err)
	}
	part := stage.Path(filepath.Base(path))
	if err = t.copyTo(ctx, part); err == nil {
		var info os.FileInfo
		if info, err = os.Stat(part); err == nil {
			bytes, err = info.Size(), os.Rename(part, path)
		}
	}
	if err = errors.Join(err, stage.Close()); err != nil {
		return 0, fmt.Errorf("backup %s: %w", path, err)
	}
	return bytes, nil
}

// copyTo has DuckDB copy the database to another file, and compares what arrived.
func (t *Tally) copyTo(ctx context.Context, path string) (err error) {
	if err := t.exec(ctx, "attach "+quote(path)+" as backup"); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, t.exec(context.WithoutCancel(ctx), "detach backup"))
	}()
	if err := t.exec(ctx, "copy from database xtally to backup", "checkpoint backup"); err != nil {
		return err
	}
	tables, err := t.texts(ctx, "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'xtally' order by 1")
	if err != nil {
		return err
	}
	for _, table := range tables {
		var was, is int64
		if err := t.conn.QueryRowContext(ctx, "select (select count(*) from xtally."+table+"), (select count(*) from backup."+table+")").Scan(&was, &is); err != nil {
			return err
		}
		if was != is {
			return fmt.Errorf("%s has %d rows and its copy %d", table, was, is)
		}
	}
	return nil
}

// A night leaves a small row group in each table, and what it takes out leaves holes.
// Filled up after every night they cost a quarter of it, never they would make the database
// half as large again, and once a month a month is rewritten at once.
const buildsToFillUp = 8

// fillUp has the row groups filled up after a build that makes a month whole, and after
// some that do not.
func (b *builder) fillUp(ctx context.Context, isWhole bool) error {
	was, err := b.meta(ctx, "builds_not_filled_up")
	if err != nil {
		return err
	}
	builds, _ := strconv.Atoi(was) // none yet
	builds++
	isDue := isWhole || builds >= buildsToFillUp
	if isDue {
		builds = 0
	}
	if err := b.vacuum(ctx, isDue); err != nil {
		return err
	}
	return b.setMeta(ctx, "builds_not_filled_up", strconv.Itoa(builds))
}

// vacuum says whether checkpoints from now on fill up row groups that are small or lost
// rows. A host's DuckDB is left alone.
func (t *Tally) vacuum(ctx context.Context, isOn bool) error {
	switch {
	case t.o.db != nil:
		return nil
	case isOn:
		return t.exec(ctx, "reset max_vacuum_tasks")
	}
	return t.exec(ctx, "set max_vacuum_tasks = 0")
}
