// Package baseline holds other ways to the core of the job on the same files: read
// the records, drop repeats, round up to minutes, sum by month, app and X number,
// write one CSV. None of them knows rejects, conflicts, a ledger or prices, and
// none keeps anything; they say what reading such an archive costs at all.
package baseline

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	_ "github.com/duckdb/duckdb-go/v2" // the driver
)

const limitSQL = `copy (
	select month, app_key, x_number, count(*) as call_count, sum(billed_min) as billed_min
	from (
		select
			r."appKey" as app_key, r."icid" as icid, any_value(r."bindNum") as x_number,
			any_value(strftime(r."callEndTime" + interval 8 hour, '%%Y-%%m')) as month,
			any_value(coalesce(cast(ceil(date_diff('second', r."fwdAnswerTime", r."callEndTime") / 60) as bigint), 0)) as billed_min
		from (
			select unnest("feeLst") as r
			from read_json('%s/**/*.*', format = 'newline_delimited', columns = {
				"eventType": 'varchar',
				"feeLst": 'struct("appKey" varchar, "icid" varchar, "bindNum" varchar, "fwdAnswerTime" timestamp, "callEndTime" timestamp)[]'
			})
		)
		group by r."appKey", r."icid"
	)
	group by month, app_key, x_number
	order by month, app_key, x_number
) to '%s' (format csv)`

// Limit is one bare DuckDB statement: the least a program on DuckDB could do. It
// reads all files under in, a body per line, and writes the CSV out.
func Limit(ctx context.Context, in, out string) error {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, fmt.Sprintf(limitSQL, quoted(in), quoted(out)))
	return err
}

func quoted(path string) string { return strings.ReplaceAll(path, "'", "''") }
