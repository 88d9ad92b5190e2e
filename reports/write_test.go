package reports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
			"2026-10,'=app2,3,1,1,1,0,0.0600,0.06,0,0.00,1,9999999999999.01,9999999999999.07\n" +
			"2026-10,app1,1200,2,61,3,1,0.1800,0.06,1,0.04,1,5.00,5.10\n"},
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
			"2026-10-01 00:00:00,1,0,1,0.0667,0.06,0.006700\n" +
			"2026-10-31 23:00:00,2,0,2,0.1334,0.13,0.003400\n"},
		{"files of the month, range not written", "files", october(), "" +
			"file,sha256,bytes,lines,bodies,records,calls,duplicates,conflicts,events,messages,statuses,rejects,status\n" +
			"a.ndjson,bb,10,1,1,1,1,0,0,0,0,0,0,loaded\n" +
			"b.ndjson,aa,10,5,5,4,3,1,0,0,0,0,1,loaded\n"},
		{"tab before a formula", "rejects", october(), "file,line,reason,detail\nb.ndjson,2,not_json,'\t=1+1\n"},
		{"no rows", "recordings", october(), "month,app_key,recorded_count,too_short_count,expiring_count\n"},
		{"people masked", "calls", october(), "" +
			"month,call_id,app_key,x_number,caller_number,callee_number,started_at,ended_at,duration_s,call_charge_cny\n" +
			"2026-10,c1,app1,+8617000000001,+86138****5679,,,2026-10-01 00:00:01,,\n" +
			"2026-10,c2,app1,+8617000000001,+86138****5678,****86,2026-10-31 23:59:00,2026-10-31 23:59:59,59,0.0600\n"},
		{"people in full", "calls", full, "" +
			"month,call_id,app_key,x_number,caller_number,callee_number,started_at,ended_at,duration_s,call_charge_cny\n" +
			"2026-10,c1,app1,+8617000000001,+8613812345679,,,2026-10-01 00:00:01,,\n" +
			"2026-10,c2,app1,+8617000000001,+8613812345678,10086,2026-10-31 23:59:00,2026-10-31 23:59:59,59,0.0600\n"},
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
	mustExec(t, db, `insert into marts.rejects values ('a,b', 1, 'cr', 'x' || chr(13) || 'y', '2026-10-01', '2026-10-01'),
		('a,b', 2, 'lf', 'x' || chr(10) || '"y"', null, null), ('a,b', 3, '', ' x ', '2026-09-01', null), ('a,b', 4, 'next month', '', '2026-11-01', null)`)
	var buf bytes.Buffer
	if err := Export(context.Background(), db, &buf, "rejects", CSV, october()); err != nil {
		t.Fatal(err)
	}
	want := "\ufefffile,line,reason,detail\n" +
		"\"a,b\",1,cr,\"x\ry\"\n\"a,b\",2,lf,\"x\n\"\"y\"\"\"\n\"a,b\",3,\"\", x \nb.ndjson,2,not_json,'\t=1+1\n"
	if diff := cmp.Diff(want, buf.String()); diff != "" {
		t.Error(diff)
	}
}

func TestGuard(t *testing.T) {
	db := mustMarts(t)
	for text, want := range map[string]string{
		"=1": "'=1", "@a": "'@a", "\ta": "'\ta", "\ra": "'\ra", "+1+1": "'+1+1", "-a": "'-a", "-": "'-", "+1.5": "'+1.5",
		"+8617000000001": "+8617000000001", "-12": "-12", "+86138****5678": "+86138****5678", "+1*2": "'+1*2",
		"": "", "a=1": "a=1", "'=1": "'=1", "+1\n+2": "'+1\n+2",
	} {
		rows, err := db.QueryContext(context.Background(), "select "+guard("t.v")+" from (select "+quoteText(text)+" as v) t")
		if err != nil {
			t.Fatal(err)
		}
		var got string
		rows.Next()
		if err := rows.Scan(&got); err != nil {
			t.Fatal(err)
		}
		rows.Close()
		if got != want {
			t.Errorf("guard(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestExportParquet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "calls.parquet")
	if err := os.WriteFile(path, []byte(mustExport(t, "calls", Parquet, october())), 0o644); err != nil {
		t.Fatal(err)
	}
	rows, err := mustMarts(t).Query("select typeof(month), typeof(call_charge_cny), typeof(ended_at), caller_number, call_id from read_parquet(" + quoteText(path) + ")")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := make([]string, 5)
	rows.Next()
	if err := rows.Scan(&got[0], &got[1], &got[2], &got[3], &got[4]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"DATE", "DECIMAL(18,4)", "TIMESTAMP", "+86138****5679", "c1"}, got); diff != "" {
		t.Error(diff)
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
	for _, name := range []string{"calls.csv", "calls.parquet", "files.csv", "xtally-2026-10.xlsx"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s not written", name)
		}
	}
	if slices.ContainsFunc(names, func(s string) bool { return strings.HasPrefix(s, "reconciliation") }) {
		t.Error("an optional report that marts lacks was written")
	}
	assertDir(t, dir, names...)
	assertDir(t, out, "2026-10")
}

func TestWriteTwiceGivesTheSameBytes(t *testing.T) {
	o := october()
	o.Formats, o.Detail = []Format{CSV, XLSX, Parquet}, true
	o.Provenance = []KV{{"run_id", "r1"}}
	var first []File
	for range 5 { // excelize hands its parts over in random order
		files, err := Write(context.Background(), mustMarts(t), t.TempDir(), o)
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
	db, out := mustMarts(t), t.TempDir()
	dir := filepath.Join(out, "2026-10")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "charges_by_app.csv"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, breakIt := range map[string]func() (context.Context, Options){
		"missing relation": func() (context.Context, Options) {
			mustExec(t, db, "drop table marts.conflicts")
			return context.Background(), october()
		},
		"missing relation asked for by name": func() (context.Context, Options) {
			o := october()
			o.Names = []string{"charges_by_app", "reconciliation"}
			return context.Background(), o
		},
		"cancelled": func() (context.Context, Options) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return ctx, october()
		},
	} {
		ctx, o := breakIt()
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
	if len(files) != 3 {
		t.Errorf("%d files, want 2 CSV and a workbook", len(files))
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
