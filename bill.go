package xtally

import (
	"context"
	"errors"

	"github.com/xtally/xtally/ingest"
)

// Bill is what became of one file of the vendor's bill.
type Bill = ingest.Bill

// LoadBill reads the vendor's bills under paths: files, folders, globs; csv,
// xlsx and zip; usage details, transactions, resources and statements. Rows of
// other products are counted and left out. Bills add up in the database, and
// one that is in it already is passed over; Build decides which of them holds
// for a month and item, and makes the months they speak of.
//
// Either all of them are loaded or, with an error, none. A [*TableError] names a
// file that is no bill, a bill of another account, and bills without any row of
// PrivateNumber.
func (t *Tally) LoadBill(ctx context.Context, paths ...string) ([]Bill, error) {
	o, err := t.fetch(ctx, paths)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(o.failed...); err != nil {
		return nil, err // half a bill would be another bill
	}
	if len(o.paths) == 0 && len(o.fetched) == 0 {
		return nil, nil
	}
	bills, err := ingest.LoadBill(ctx, t.conn, o.paths, ingest.Options{
		SQL:     t.o.sql,
		Fetched: o.fetched,
		Exclude: t.isOwn,
		TempDir: t.temp,
		Now:     t.o.now,
		Warn:    func(msg, file string) { t.o.log.Warn(msg, "file", file) },
	})
	if err == nil {
		err = t.noteRead(ctx, o, nil)
	}
	return bills, err
}
