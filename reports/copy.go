package reports

import (
	"context"
	"fmt"
)

// byteOrderMark before the first heading tells Excel that the file is UTF-8.
const byteOrderMark = "\ufeff"

// writeCSV has DuckDB write the relation to path: UTF-8 with byte order mark, LF,
// RFC 4180 quoting, nothing for null. The headings are the column names in any
// language: scripts rely on them.
func writeCSV(ctx context.Context, db Queryer, r relation, path string) (rows int64, err error) {
	query := r.query(func(i int, c column) string {
		value, name := c.text(), c.name
		if c.kind == kindText {
			value = guard(value)
		}
		if i == 0 {
			name = byteOrderMark + name
		}
		return value + " as " + quoteName(name)
	})
	return copyTo(ctx, db, query, path, `format csv, header true, delimiter ',', quote '"', escape '"', nullstr ''`)
}

// writeParquet has DuckDB write the relation to path with its own types.
func writeParquet(ctx context.Context, db Queryer, r relation, path string) (rows int64, err error) {
	query := r.query(func(_ int, c column) string { return c.sql + " as " + quoteName(c.name) })
	return copyTo(ctx, db, query, path, "format parquet, compression zstd")
}

func copyTo(ctx context.Context, db Queryer, query, path, options string) (int64, error) {
	result, err := db.ExecContext(ctx, "copy ("+query+") to "+quoteText(path)+" ("+options+")")
	if err != nil {
		return 0, fmt.Errorf("copy: %w", err)
	}
	return result.RowsAffected()
}
