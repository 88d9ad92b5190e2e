package xtally

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/xtally/xtally/ingest"
)

// ObjectStore says where paths such as s3://bucket/prefix lie.
type ObjectStore = ingest.Store

// WithObjectStore lets paths of archives and bills lie in a store that speaks S3
// (Huawei OBS, MinIO). Default: none, and such paths are refused.
func WithObjectStore(s ObjectStore) Option {
	return func(o *options) error {
		o.store = s
		return nil
	}
}

// objects are what a load takes from a store.
type objects struct {
	paths   []string // the other paths, on disk
	fetched []ingest.Fetched
	failed  []error
	known   int    // objects that were read before, as they are now
	spool   string // folder of the fetched ones; empty when there is none
}

// spoolDir is where fetched objects lie until they are loaded. It outlives a process
// that breaks off, so that the next goes on.
func (t *Tally) spoolDir() string {
	if t.path == "" {
		return t.temp + string(os.PathSeparator) + "spool"
	}
	return t.path + ".spool"
}

// fetch gets the objects among paths that are new or changed since they were read.
func (t *Tally) fetch(ctx context.Context, paths []string) (o objects, err error) {
	var remote []string
	for _, p := range paths {
		if ingest.IsObjectPath(p) {
			remote = append(remote, p)
		} else {
			o.paths = append(o.paths, p)
		}
	}
	if len(remote) == 0 {
		return o, nil
	}
	listed, err := t.o.store.List(ctx, remote)
	if err != nil {
		return o, err
	}
	known, err := t.texts(ctx, "select concat_ws(chr(10), bucket, object_key, etag) from raw.objects")
	if err != nil {
		return o, err
	}
	isKnown := map[string]bool{}
	for _, k := range known {
		isKnown[k] = true
	}
	wanted := slices.DeleteFunc(slices.Clone(listed), func(ob ingest.Object) bool {
		return isKnown[ob.Bucket+"\n"+ob.Key+"\n"+ob.ETag]
	})
	o.known = len(listed) - len(wanted)
	if len(wanted) == 0 {
		return o, nil
	}
	o.spool = t.spoolDir()
	if err := os.MkdirAll(o.spool, 0o700); err != nil {
		return o, fmt.Errorf("spool: %w; the folder of the database must be writable", err)
	}
	var total int64
	for _, ob := range wanted {
		total += ob.Bytes
	}
	t.o.log.Info("fetching objects", "objects", len(wanted), "bytes", total)
	o.fetched, o.failed, err = t.o.store.Fetch(ctx, wanted, o.spool, func(files int, bytes int64) {
		t.o.progress(Progress{Files: files, FilesTotal: len(wanted), Bytes: bytes, BytesTotal: total})
	})
	return o, err
}

// noteRead notes the objects as read, but for those that failed, and clears the spool. A
// process that dies before reads them again and finds their content known.
func (t *Tally) noteRead(ctx context.Context, o objects, failed []error) error {
	if o.spool == "" {
		return nil
	}
	bad := map[string]bool{}
	for _, err := range failed {
		var known *ingest.Error
		if errors.As(err, &known) {
			bad[known.File] = true
		}
	}
	err := t.transact(ctx, func() error {
		for _, f := range o.fetched {
			if bad[f.Name] {
				continue
			}
			if _, err := t.conn.ExecContext(ctx, "insert into raw.objects values (?, ?, ?, ?, ?, ?)",
				f.Bucket, f.Key, f.ETag, f.Bytes, f.ModifiedAt, t.o.now().UTC()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range o.fetched {
		if err := os.Remove(f.Path); err != nil {
			return err
		}
	}
	if len(o.failed) == 0 {
		return os.RemoveAll(o.spool) // parts of objects that have changed since
	}
	return nil
}
