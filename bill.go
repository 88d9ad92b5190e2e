package xtally

import (
	"context"

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
	return ingest.LoadBill(ctx, t.conn, paths, ingest.Options{
		SQL:     t.o.sql,
		Exclude: t.isOwn,
		TempDir: t.temp,
		Now:     t.o.now,
		Warn:    func(msg, file string) { t.o.log.Warn(msg, "file", file) },
	})
}
