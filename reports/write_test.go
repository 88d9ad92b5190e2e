package reports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustExport(t *testing.T, name string, f Format, o Options) string {
	t.Helper()
	var buf bytes.Buffer
	if err := Export(context.Background(), mustMarts(t), &buf, name, f, o); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestExportCSV(t *testing.T) {
	en, full := october(), october()
	en.Lang, full.Unmask = EN, true
	tests := []struct {
		name, report string
		o            Options
		want         string
	}{
		{"money and formula guard", "charges_by_app", october(), "" +
			"month,app_key,call_count,answered_count,duration_s,billed_min,package_min,list_charge_cny,call_charge_cny,sms_count,sms_charge_cny,number_count,rent_cny,total_cny\n" +
			"2026-10,'=app2,3,1,1,1,0,0.06,0.06,0,0.00,1,9999999999999.01,9999999999999.07\n" +
			"2026-10,app1,1200,2,61,3,1,0.18,0.06,1,0.04,1,5.00,5.10\n"},
		{"Chinese of a pair", "calls_by_release_code", october(), "" +
			"month,app_key,release_code,category,owner,meaning,next_step,call_count,share_pct\n" +
			"2026-10,app1,16,正常,用户,\"挂机, \"\"正常\"\"\",,1190,99.1667\n" +
			"2026-10,app1,480,异常,平台,'-1+1|cmd,重拨,10,0.8333\n"},
		{"English of a pair", "calls_by_release_code", en, "" +
			"month,app_key,release_code,category,owner,meaning,next_step,call_count,share_pct\n" +
			"2026-10,app1,16,normal,user,\"hung up, \"\"normal\"\"\",,1190,99.1667\n" +
			"2026-10,app1,480,failure,platform,'@sum(a1),redial,10,0.8333\n"},
		{"no exponent", "calls_by_q850", october(), "" +
			"month,app_key,code,meaning,call_count,share_pct\n" +
			"2026-10,app1,16,正常,1200,0.0000\n"},
		{"hours of the month only", "charges_by_hour", october(), "" +
			"hour_at,billed_min,package_min,payable_min,list_charge_cny,charge_cny,residue_cny\n" +
			"2026-10-01 00:00:00,1,0,1,0.0667,0.06,0.0067\n" +
			"2026-10-31 23:00:00,2,0,2,0.1334,0.13,0.0034\n"},
		{"files of the month, range not written", "files", october(), "" +
			"file,sha256,bytes,lines,bodies,records,calls,duplicates,conflicts,events,messages,statuses,rejected_records,rejects,status\n" +
			"a.ndjson,bb,10,1,1,1,1,0,0,0,0,0,0,0,loaded\n" +
			"b.ndjson,aa,10,5,5,4,3,1,0,0,0,0,0,1,loaded\n"},
		{"tab before a formula", "rejects", october(), "" +
			"file,line,body,record,reason,detail\n" +
			"b.ndjson,2,2,0,not_json,'\t=1+1\n"},
		{"no rows", "recordings", october(), "month,app_key,recorded_count,too_short_count,expiring_count\n"},
		{"people masked", "calls", october(), "" +
			"month,call_id,app_key,x_number,session_id,caller_number,callee_number,started_at,ended_at,duration_s,call_charge_cny\n" +
			"2026-10,c1,app1,+8617000000001,1200_1029_4294967295_20250101091514@host,+86138****5679,,,2026-10-01 00:00:01,,\n" +
			"2026-10,c2,app1,+8617000000001,****_****_4_x,+86138****5678,****86,2026-10-31 23:59:00,2026-10-31 23:59:59,59,0.06\n"},
		{"people in full", "calls", full, "" +
			"month,call_id,app_key,x_number,session_id,caller_number,callee_number,started_at,ended_at,duration_s,call_charge_cny\n" +
			"2026-10,c1,app1,+8617000000001,1200_1029_4294967295_20250101091514@host,+8613812345679,,,2026-10-01 00:00:01,,\n" +
			"2026-10,c2,app1,+8617000000001,'+8619900000001_+8619900000002_4_x,+8613812345678,10086,2026-10-31 23:59:00,2026-10-31 23:59:59,59,0.06\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := mustExport(t, test.report, CSV, test.o)
			if diff := cmp.Diff("\ufeff"+test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExportCSVQuotes(t *testing.T) {
	db := mustMarts(t)
	mustExec(t, db, `insert into marts.rejects values ('a,b', 1, 1, 0, 'cr', 'x' || chr(13) || 'y', '2026-10-01', '2026-10-01'),
		('a,b', 2, 2, 0, 'lf', 'x' || chr(10) || '"y"', null, null), ('a,b', 3, 3, 0, '', ' x ', '2026-09-01', null),
		('a,b', 4, 4, 0, 'next month', '', '2026-11-01', null)`)
	var buf bytes.Buffer
	if err := Export(context.Background(), db, &buf, "rejects", CSV, october()); err != nil {
		t.Fatal(err)
	}
	want := "\ufefffile,line,body,record,reason,detail\n" +
		"\"a,b\",1,1,0,cr,\"x\ry\"\n\"a,b\",2,2,0,lf,\"x\n\"\"y\"\"\"\n\"a,b\",3,3,0,\"\", x \nb.ndjson,2,2,0,not_json,'\t=1+1\n"
	if diff := cmp.Diff(want, buf.String()); diff != "" {
		t.Error(diff)
	}
}

func TestExportOrder(t *testing.T) {
	db := mustMarts(t)
	mustExec(t, db, `delete from marts.rejects`)
	mustExec(t, db, `insert into marts.rejects (file, line, body, record, reason) values
		('b', 1, 1, 0, 'r'), ('a', 2, 3, 0, 'r'), ('a', 1, 10, 0, 'r'), ('a', 1, 2, 10, 'r'), ('a', 1, 2, 9, 'r'), ('a', 1, 2, 0, 'r')`)
	mustExec(t, db, `insert into marts.conflicts values
		('c3', 'app1', 'i', 2, 'f', 1, 'x', null, null), ('c2', 'app1', 'i', 2, 'f', 1, 'x', null, null),
		('c1', 'app1', 'i', 2, 'f', 2, 'x', null, null), ('c0', 'app2', 'h', 2, 'e', 0, 'x', null, null)`)
	for report, want := range map[string]string{
		"rejects": "file,line,body,record,reason,detail\n" +
			"a,1,2,0,r,\na,1,2,9,r,\na,1,2,10,r,\na,1,10,0,r,\na,2,3,0,r,\nb,1,1,0,r,\n",
		"conflicts": "call_id,app_key,identity,versions,kept_file,kept_line,differing_fields\n" +
			"c2,app1,i,2,f,1,x\nc3,app1,i,2,f,1,x\nc1,app1,i,2,f,2,x\nc0,app2,h,2,e,0,x\n",
	} {
		var buf bytes.Buffer
		if err := Export(context.Background(), db, &buf, report, CSV, october()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("\ufeff"+want, buf.String()); diff != "" {
			t.Errorf("%s: %s", report, diff)
		}
	}
}

func TestGuard(t *testing.T) {
	db := mustMarts(t)
	for text, want := range map[string]string{
		"=1": "'=1", "@a": "'@a", "\ta": "'\ta", "\ra": "'\ra", "+1+1": "'+1+1", "-a": "'-a", "-": "'-", "+1.5": "'+1.5",
		"+8617000000001": "+8617000000001", "-12": "-12", "+86138****5678": "+86138****5678", "+1*2": "'+1*2",
		"": "", "a=1": "a=1", "'=1": "'=1", "+1\n+2": "'+1\n+2",
	} {
		if got := mustValue(t, db, guard("t.v"), text); got != want {
			t.Errorf("guard(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestMaskSession(t *testing.T) {
	db := mustMarts(t)
	for text, want := range map[string]string{
		"+8619900000001_+8619900000002_4_x":        "****_****_4_x",
		"8619900000001_19900000002_4_x":            "****_****_4_x",
		"4_+8619900000001":                         "4_****",
		"1200_1029_4294967295_20250101091514@host": "1200_1029_4294967295_20250101091514@host",
		"": "",
	} {
		if got := mustValue(t, db, maskSession("t.v"), text); got != want {
			t.Errorf("maskSession(%q) = %q, want %q", text, got, want)
		}
	}
}

// mustValue returns what the SQL makes of the text, which it has as t.v.
func mustValue(t *testing.T, db Queryer, expression, text string) string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), "select "+expression+" from (select "+quoteText(text)+" as v) t")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got string
	rows.Next()
	if err := rows.Scan(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestExportParquet(t *testing.T) {
	masked, full := october(), october()
	full.Unmask = true
	for _, test := range []struct {
		o    Options
		want [][]string
	}{
		{masked, [][]string{
			{"DATE", "DECIMAL(18,4)", "TIMESTAMP", "+86138****5679", "1200_1029_4294967295_20250101091514@host", "c1"},
			{"DATE", "DECIMAL(18,4)", "TIMESTAMP", "+86138****5678", "****_****_4_x", "c2"},
		}},
		{full, [][]string{
			{"DATE", "DECIMAL(18,4)", "TIMESTAMP", "+8613812345679", "1200_1029_4294967295_20250101091514@host", "c1"},
			{"DATE", "DECIMAL(18,4)", "TIMESTAMP", "+8613812345678", "+8619900000001_+8619900000002_4_x", "c2"},
		}},
	} {
		path := filepath.Join(t.TempDir(), "calls.parquet")
		if err := os.WriteFile(path, []byte(mustExport(t, "calls", Parquet, test.o)), 0o644); err != nil {
			t.Fatal(err)
		}
		rows, err := mustMarts(t).Query("select typeof(month), typeof(call_charge_cny), typeof(ended_at), caller_number, session_id, call_id from read_parquet(" + quoteText(path) + ")")
		if err != nil {
			t.Fatal(err)
		}
		var got [][]string
		err = eachRow(rows, func(row []sql.NullString) error {
			var line []string
			for _, value := range row {
				line = append(line, value.String)
			}
			got = append(got, line)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("unmask %t: %s", test.o.Unmask, diff)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	db, ctx := mustMarts(t), context.Background()
	if err := Export(ctx, db, io.Discard, "nonsense", CSV, october()); !errors.Is(err, ErrUnknownReport) {
		t.Errorf("unknown name: %v", err)
	}
	if err := Export(ctx, db, io.Discard, "calls", XLSX, october()); !errors.Is(err, ErrNoSheet) {
		t.Errorf("detail as sheet: %v", err)
	}
	if err := Export(ctx, db, io.Discard, "files", "ods", october()); err == nil {
		t.Error("unknown format accepted")
	}
	if err := Export(ctx, db, io.Discard, "files", CSV, Options{}); err == nil {
		t.Error("no month accepted")
	}
	o := october()
	o.Lang = "fr"
	if err := Export(ctx, db, io.Discard, "files", CSV, o); err == nil {
		t.Error("unknown language accepted")
	}
}

func TestWrite(t *testing.T) {
	out := t.TempDir()
	dir := filepath.Join(out, "2026-10")
	o := october()
	o.Formats, o.Detail = []Format{CSV, XLSX, Parquet}, true
	files, err := Write(context.Background(), mustMarts(t), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
		content, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if f.SHA256 != hex.EncodeToString(sum[:]) || f.Bytes != int64(len(content)) {
			t.Errorf("%s: hash or size differ from the file", f.Name)
		}
		if f.Name == "charges_by_day.csv" && f.Rows != 31 {
			t.Errorf("charges_by_day.csv: %d rows, want 31", f.Rows)
		}
	}
	var want []string
	for _, ending := range []string{".csv", ".parquet"} {
		for _, r := range All() {
			if r.Across == nil { // October alone has no months to set beside each other
				want = append(want, r.Name+ending)
			}
		}
	}
	if diff := cmp.Diff(append(want, "xtally-2026-10.xlsx"), names); diff != "" {
		t.Errorf("not the whole catalogue and nothing else: %s", diff)
	}
	assertDir(t, dir, names...)
	assertDir(t, out, "2026-10")
}

func TestWriteTwiceGivesTheSameBytes(t *testing.T) {
	o := october()
	o.Formats, o.Detail = []Format{CSV, XLSX, Parquet}, true
	o.Provenance, o.Charts = []KV{{"run_id", "r1"}}, someCharts()
	var first []File
	for i := range 6 { // excelize hands its parts over in random order
		db := mustMarts(t)
		if o.Beside = nil; i%2 == 1 { // and the workbook may be written beside the tables
			o.Beside = db
		}
		files, err := Write(context.Background(), db, t.TempDir(), o)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = files
		}
		if diff := cmp.Diff(first, files); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestWriteLeavesNothingHalf(t *testing.T) {
	out := t.TempDir()
	dir := filepath.Join(out, "2026-10")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "charges_by_app.csv"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, breakIt := range map[string]func(Queryer) (context.Context, Options){
		"missing relation": func(db Queryer) (context.Context, Options) {
			mustExec(t, db, "drop table marts.recordings")
			return context.Background(), october()
		},
		"missing relation asked for by name": func(db Queryer) (context.Context, Options) {
			mustExec(t, db, "drop table marts.conflicts")
			o := october()
			o.Names = []string{"charges_by_app", "conflicts"}
			return context.Background(), o
		},
		"report the catalogue lacks": func(Queryer) (context.Context, Options) {
			o := october()
			o.Names = []string{"charges_by_app", "no_such_report"}
			return context.Background(), o
		},
		"cancelled": func(Queryer) (context.Context, Options) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return ctx, october()
		},
	} {
		db := mustMarts(t)
		ctx, o := breakIt(db)
		if files, err := Write(ctx, db, dir, o); err == nil || files != nil {
			t.Errorf("%s: no error", name)
		}
		assertDir(t, out, "2026-10")
		assertDir(t, dir, "charges_by_app.csv")
		if old, _ := os.ReadFile(filepath.Join(dir, "charges_by_app.csv")); string(old) != "old" {
			t.Errorf("%s: old file is gone", name)
		}
	}
}

func TestWriteInTransaction(t *testing.T) {
	tx, err := mustMarts(t).Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	o := october()
	o.Names = []string{"charges_by_app", "charges_by_app", "files"}
	files, err := Write(context.Background(), tx, t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 {
		t.Errorf("%d files, want 2 CSV and no workbook", len(files))
	}
}

func TestWriteNamed(t *testing.T) {
	db := mustMarts(t)
	for _, test := range []struct {
		names   []string
		formats []Format
		want    []string
		err     error
	}{
		{[]string{"files", "calls"}, []Format{CSV, XLSX, Parquet}, []string{"files.csv", "calls.csv", "files.parquet", "calls.parquet"}, nil},
		{[]string{"files"}, []Format{XLSX, Parquet}, []string{"files.parquet"}, nil},
		{[]string{"files"}, []Format{XLSX}, nil, ErrNoSheet},
		{[]string{"calls"}, []Format{XLSX}, nil, ErrNoSheet},
		{[]string{"no_such_report"}, []Format{XLSX}, nil, ErrUnknownReport},
	} {
		out := t.TempDir()
		o := october()
		o.Names, o.Formats = test.names, test.formats
		files, err := Write(context.Background(), db, filepath.Join(out, "2026-10"), o)
		if !errors.Is(err, test.err) {
			t.Errorf("%q as %q: error %v, want %v", test.names, test.formats, err, test.err)
		}
		var got []string
		for _, f := range files {
			got = append(got, f.Name)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q as %q: %s", test.names, test.formats, diff)
		}
		if test.err != nil {
			assertDir(t, out)
			continue
		}
		assertDir(t, filepath.Join(out, "2026-10"), slices.Clone(test.want)...)
	}
}

func assertDir(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
