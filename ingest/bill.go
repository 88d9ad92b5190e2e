package ingest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// Bill is what became of one file of the vendor's bill.
type Bill struct {
	Name          string // path under the path given; members of a zip behind it
	SHA256        string
	Kind          string   // usage_detail, transaction, resource or statement
	Months        []string // YYYY-MM, ascending
	Rows          int64
	PrivateRows   int64 // of PrivateNumber, kept
	OtherRows     int64 // of other products, counted and left out
	OtherProducts string
	Final         bool   // issued when the month was closed, by its name
	Status        string // loaded, no_private_number, or known
	Detail        string // for known: the name it was loaded under
}

// LoadBill reads the vendor's bills under paths (files, folders, globs; csv,
// xlsx, zip) that the bills' ledger does not know yet, all of them or, with an
// error, none. conn must be the only user of the database. Bills add up in the
// database; which of them holds for a month is decided there.
//
// A [*TableError] names a file that is no bill, a bill of another account, and
// bills without any row of PrivateNumber.
func LoadBill(ctx context.Context, conn *sql.Conn, paths []string, o Options) (bills []Bill, err error) {
	l := &billLoader{tableLoader: tableLoader{ctx, conn, o.SQL, o.TempDir}, o: o}
	undo, err := l.inOrder()
	if err != nil {
		return nil, err
	}
	defer undo()
	// A context that ends while this runs must not leave a transaction behind.
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), "begin transaction"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			conn.ExecContext(context.WithoutCancel(ctx), "rollback")
			bills = nil
		}
		err = whyStopped(ctx, err)
	}()
	if err := l.readLedger(); err != nil {
		return nil, err
	}
	if err := openBills(paths, o, l.bill); err != nil {
		return nil, err
	}
	if err := l.mustHoldPrivateNumber(paths); err != nil {
		return nil, err
	}
	if err := l.readFinal(); err != nil {
		return nil, err
	}
	return l.bills, l.exec("commit")
}

type billLoader struct {
	tableLoader
	o         Options
	known     map[string]string // sha256 → name it was loaded under
	lastID    int64
	account   string // of the bills so far
	accountOf string // name of a bill that says so
	bills     []Bill
	ids       []int64 // file ids of bills, 0 for those known
}

// inOrder has the database keep the order of lines, so that they can be
// numbered as they are read. undo puts the setting back.
func (l *billLoader) inOrder() (undo func(), err error) {
	var was string
	if err := l.conn.QueryRowContext(l.ctx, "select current_setting('preserve_insertion_order')").Scan(&was); err != nil {
		return nil, err
	}
	return func() {
		l.conn.ExecContext(context.WithoutCancel(l.ctx), "set preserve_insertion_order = "+was)
	}, l.exec("set preserve_insertion_order = true")
}

func (l *billLoader) readLedger() error {
	l.known = map[string]string{}
	rows, err := l.conn.QueryContext(l.ctx, "select file_id, sha256, file, coalesce(account, '') from raw.bill_files order by file_id")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var sum, file, account string
		if err := rows.Scan(&l.lastID, &sum, &file, &account); err != nil {
			return err
		}
		l.known[sum] = file
		if account != "" {
			l.account, l.accountOf = account, file+", loaded before,"
		}
	}
	return rows.Err()
}

// bill loads one file.
func (l *billLoader) bill(f *billFile) error {
	if was, ok := l.known[f.sum]; ok {
		b := Bill{Name: f.name, SHA256: f.sum, Status: "known", Detail: was}
		err := l.monthsOf("(select file_id from raw.bill_files where sha256 = "+quote(f.sum)+")", &b)
		l.bills = append(l.bills, b)
		l.ids = append(l.ids, 0)
		return err
	}
	b := Bill{Name: f.name, SHA256: f.sum, Status: "loaded"}
	t, err := l.read(f, &b)
	if t.path != "" && t.path != f.path {
		defer os.Remove(t.path)
	}
	if err != nil {
		return err
	}
	b.Kind = billKind(f.source, t.heading)
	if b.PrivateRows == 0 {
		b.Status = "no_private_number"
	}
	account, err := l.accountIn(f)
	if err != nil {
		return err
	}
	if err := l.keep(f, &b, account); err != nil {
		return fmt.Errorf("bill %s: %w", f.source, err)
	}
	l.known[f.sum] = f.name
	l.bills = append(l.bills, b)
	l.ids = append(l.ids, l.lastID)
	return nil
}

// read makes the file readable as bill_given and counts its rows: straight
// from the file where that gives a row for every line, else over a clean copy.
func (l *billLoader) read(f *billFile, b *Bill) (billTable, error) {
	at := func(s *sheet, err error) error {
		if s == nil {
			s = &sheet{}
		}
		return &TableError{"bill", f.source, s.name, s.line, err}
	}
	if f.isText && f.isUTF8 {
		t, s, err := f.asIs()
		if err != nil {
			return t, at(s, err)
		}
		if err := l.given(t, b); err != nil {
			return t, at(nil, err)
		}
		if b.Rows == f.lines-t.skip {
			return t, nil
		}
	}
	t, s, err := f.spool(l.tempDir)
	if err != nil {
		return t, at(s, err)
	}
	if err := l.given(t, b); err != nil {
		return t, at(nil, err)
	}
	return t, nil
}

// given creates the view bill_given over the file, one column per known
// column, and bill_products_given, what sql/ingest makes of its names.
func (l *billLoader) given(t billTable, b *Bill) error {
	cells := make([]string, t.heading.width)
	for i := range cells {
		cells[i] = fmt.Sprintf("'c%d': 'varchar'", i)
	}
	line := fmt.Sprintf("%d + row_number() over ()", t.skip)
	if t.isNumbered {
		cells = slices.Insert(cells, 0, "'line': 'bigint'")
		line = "line"
	}
	columns := []string{line + " as line"}
	for _, c := range billColumns() {
		source := "null::varchar"
		if i, ok := t.heading.cells[c.name]; ok {
			source = fmt.Sprintf("c%d", i)
		} else if c.name == "currency" && t.heading.currency != "" {
			source = quote(t.heading.currency)
		}
		columns = append(columns, source+" as "+c.name)
	}
	products, err := fs.ReadFile(l.models, "ingest/bill_products.sql")
	if err != nil {
		return err
	}
	if err := l.exec(
		"create or replace temp view bill_given as select "+strings.Join(columns, ", ")+
			fmt.Sprintf(" from read_csv(%s, columns = {%s}, header = false, auto_detect = false, skip = %d, delim = %s, quote = '\"', escape = '\"', ignore_errors = %t)",
				quote(t.path), strings.Join(cells, ", "), t.skip, quote(string(t.comma)), !t.isNumbered),
		"create or replace temp table bill_products_given as "+string(products),
	); err != nil {
		return err
	}
	return l.conn.QueryRowContext(l.ctx, `select cast(coalesce(sum(row_count), 0) as bigint),
			cast(coalesce(sum(case when is_private_number then row_count end), 0) as bigint),
			coalesce(string_agg(distinct case when not is_private_number then coalesce(absent(product_type), absent(product_name), absent(service_type_code)) end, ', '
				order by case when not is_private_number then coalesce(absent(product_type), absent(product_name), absent(service_type_code)) end), '')
		from bill_products_given`).Scan(&b.Rows, &b.PrivateRows, &b.OtherProducts)
}

// accountIn returns the account of the file's rows, and refuses a second one:
// two accounts' bills in one database would be added up.
func (l *billLoader) accountIn(f *billFile) (string, error) {
	rows, err := l.conn.QueryContext(l.ctx, "select distinct account from bill_products_given where is_private_number and account is not null order by account")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	last := ""
	for rows.Next() {
		if err := rows.Scan(&last); err != nil {
			return "", err
		}
		if l.account == "" {
			l.account, l.accountOf = last, f.source
		}
		if l.account != last {
			return "", &TableError{"bill", f.source, "", 0, fmt.Errorf("is of account %s, but %s is of account %s; give one account's bills, or another --db for each account",
				last, l.accountOf, l.account)}
		}
	}
	return last, rows.Err()
}

// keep puts the file's rows and its place in the ledger into raw.
func (l *billLoader) keep(f *billFile, b *Bill, account string) error {
	lines, err := fs.ReadFile(l.models, "ingest/bill_lines.sql")
	if err != nil {
		return err
	}
	months, err := fs.ReadFile(l.models, "ingest/bill_file_months.sql")
	if err != nil {
		return err
	}
	l.lastID++
	if err := l.exec(
		fmt.Sprintf("set variable bill_file_id = cast(%d as integer)", l.lastID),
		"insert into raw.bill_products by name select * exclude (account, is_private_number, row_count) from bill_products_given "+
			"where is_private_number and product_id not in (select product_id from raw.bill_products) group by all",
	); err != nil {
		return err
	}
	if b.PrivateRows > 0 {
		r, err := l.conn.ExecContext(l.ctx, "insert into raw.bill_lines by name "+string(lines))
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n != b.PrivateRows {
			return errors.Join(err, fmt.Errorf("%d rows were counted and %d kept", b.PrivateRows, n))
		}
	}
	b.OtherRows = b.Rows - b.PrivateRows
	if err := l.exec(
		"insert into raw.bill_file_months by name "+string(months),
		"insert into raw.months_to_build select month from raw.bill_file_months where file_id = getvariable('bill_file_id')",
	); err != nil {
		return err
	}
	if _, err := l.conn.ExecContext(l.ctx, `insert into raw.bill_files
		values (?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, nullif(?, ''), ?, ?)`,
		l.lastID, f.name, f.source, f.sum, f.bytes, b.Kind, account, b.Rows, b.PrivateRows, b.OtherRows, b.OtherProducts, b.Status,
		l.o.Now().UTC().Truncate(time.Second)); err != nil {
		return err
	}
	if err := l.monthsOf("getvariable('bill_file_id')", b); err != nil {
		return err
	}
	return l.mustHaveRecords(f.source, b)
}

// mustHaveRecords refuses a bill of a month whose records were pruned.
func (l *billLoader) mustHaveRecords(source string, b *Bill) error {
	var pruned string
	err := l.conn.QueryRowContext(l.ctx, "select coalesce(string_agg(strftime(month, '%Y-%m'), ', ' order by month), '') from raw.pruned_months "+
		"where month in (select month from raw.bill_file_months where file_id = getvariable('bill_file_id'))").Scan(&pruned)
	if err == nil && pruned != "" {
		err = &TableError{"bill", source, "", 0, fmt.Errorf("is of %s, whose records were pruned: nothing is left to reconcile it with; leave it out, or load it with that month's archive into another database", pruned)}
	}
	return err
}

// monthsOf reads which months a file speaks of.
func (l *billLoader) monthsOf(fileID string, b *Bill) error {
	return l.conn.QueryRowContext(l.ctx, "select coalesce(string_agg(strftime(month, '%Y-%m'), ',' order by month), '') "+
		"from raw.bill_file_months where file_id = "+fileID).Scan(split{&b.Months})
}

// split scans a list joined by commas.
type split struct{ into *[]string }

// Scan implements sql.Scanner.
func (s split) Scan(v any) error {
	if text, _ := v.(string); text != "" {
		*s.into = strings.Split(text, ",")
	}
	return nil
}

// mustHoldPrivateNumber refuses bills that say nothing of PrivateNumber, all
// of them together: a day without a call has none in its file.
func (l *billLoader) mustHoldPrivateNumber(paths []string) error {
	var found []string
	for _, b := range l.bills {
		if b.Status != "no_private_number" {
			return nil
		}
		for _, p := range strings.Split(b.OtherProducts, ", ") {
			if p != "" && !slices.Contains(found, p) {
				found = append(found, p)
			}
		}
	}
	products := "no rows at all"
	if len(found) > 0 {
		products = "only " + shorten(strings.Join(found, ", "))
	}
	return &TableError{"bill", strings.Join(paths, ", "), "", 0,
		fmt.Errorf("no rows of PrivateNumber (hws.service.type.privatenumber, 隐私保护通话), %s; give the bill of the account that has the service", products)}
}

// readFinal asks the model which bills are final, and refuses one whose name
// says another month than all of its rows.
func (l *billLoader) readFinal() error {
	files, err := fs.ReadFile(l.models, "staging/bill_files.sql")
	if err != nil {
		return err
	}
	rows, err := l.conn.QueryContext(l.ctx, `select file_id, any_value(source), any_value(is_final),
			any_value(scope) = 'month' and count(month) > 0
			and count(case when month between month_of(covers_from_date) and covers_to_date then 1 end) = 0,
			coalesce(any_value(strftime(covers_from_date, '%Y-%m')), '')
		from (`+string(files)+`) as files
		left join raw.bill_file_months as months using (file_id)
		group by file_id, covers_from_date`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var source, named string
		var isFinal, isOther bool
		if err := rows.Scan(&id, &source, &isFinal, &isOther, &named); err != nil {
			return err
		}
		i := slices.Index(l.ids, id)
		if i < 0 {
			continue
		}
		l.bills[i].Final = isFinal
		if isOther {
			return &TableError{"bill", source, "", 0, fmt.Errorf("is named for %s, but its rows are of %s; give it its own name back",
				named, strings.Join(l.bills[i].Months, ", "))}
		}
	}
	return rows.Err()
}
