package xtally

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/xtally/xtally/reports"
)

// ReportOptions say what Report writes. The zero value writes every report
// but the call list, as CSV and workbook, in Chinese.
type ReportOptions struct {
	Names   []string         // reports to write; empty means all but the call list
	Formats []reports.Format // empty means csv and xlsx
	Lang    reports.Lang     // zh (default), en or both
	Detail  bool             // with the call list, one row per call, as CSV and Parquet
	Unmask  string           // why the call list is to hold the numbers of people in full, which is logged; empty: masked

	// AsClosed writes the files kept when the month was closed, byte for byte,
	// whatever is known now. Of the other options only Names counts.
	AsClosed bool
}

// Report writes the reports of a month into dir/YYYY-MM and a manifest.json
// beside them with the inputs, prices and the hash of each file, and removes
// reports of an earlier run that it did not write again. Files appear whole or
// not at all. The same database and options give the same bytes. With Names,
// only those tables are written and entered into the manifest.
//
// It returns [ErrUnknownReport] for a name that is not in the catalogue, and
// [ErrNotClosed] for a month to be written as closed that is not.
func (t *Tally) Report(ctx context.Context, dir string, month Month, o ReportOptions) ([]reports.File, error) {
	if len(o.Names) == 0 && !o.AsClosed {
		files, _, err := t.report(ctx, dir, month, o)
		return files, err
	}
	if err := knownReports(o.Names); err != nil {
		return nil, err
	}
	if o.AsClosed {
		return t.reportAsClosed(ctx, dir, month, o.Names)
	}
	ro, err := t.tableOptions(ctx, month, o)
	if err != nil {
		return nil, err
	}
	return t.writeReports(ctx, filepath.Join(dir, month.String()), ro, o)
}

// report is Report of what is known now, with the summary in it.
func (t *Tally) report(ctx context.Context, dir string, month Month, o ReportOptions) ([]reports.File, Summary, error) {
	if err := knownReports(o.Names); err != nil {
		return nil, Summary{}, err
	}
	ro, s, err := t.reportOptions(ctx, month, o)
	if err != nil {
		return nil, s, err
	}
	files, err := t.writeReports(ctx, filepath.Join(dir, month.String()), ro, o)
	return files, s, err
}

// reportJob writes a job's reports, and reads the month's summary beside them.
func (t *Tally) reportJob(ctx context.Context, job Job) (files []reports.File, s Summary, err error) {
	if !job.Report.AsClosed {
		return t.report(ctx, job.Out, job.Month, job.Report)
	}
	if files, err = t.Report(ctx, job.Out, job.Month, job.Report); err == nil {
		s, err = t.Summary(ctx, job.Month)
	}
	return files, s, err
}

func knownReports(names []string) error {
	for _, name := range names {
		if _, ok := reports.Find(name); !ok {
			return fmt.Errorf("report %s: %w; see xtally report --list", name, ErrUnknownReport)
		}
	}
	return nil
}

// writeReports writes what is asked for into dir, with its manifest.
func (t *Tally) writeReports(ctx context.Context, dir string, ro reports.Options, o ReportOptions) ([]reports.File, error) {
	if ro.Unmask {
		if err := t.disclose(ctx, "report", ro.Period(), o.Unmask); err != nil {
			return nil, err
		}
	}
	beside, err := t.beside(ctx)
	if err != nil {
		return nil, fmt.Errorf("report %s: %w", ro.Period(), err)
	}
	if beside != nil {
		defer beside.Close()
		ro.Beside = beside
	}
	files, err := reports.Write(ctx, t.conn, dir, ro)
	if err != nil {
		return nil, fmt.Errorf("report %s: %w", ro.Period(), err)
	}
	if len(ro.Names) > 0 {
		return files, amendManifest(dir, files) // the workbook tells of the full set
	}
	if err := removeStale(dir, ro.Period(), files); err != nil {
		return nil, err
	}
	return files, t.writeManifest(ctx, dir, ro, files)
}

// removeStale removes reports of an earlier run that this one did not write:
// beside new ones they would pass for new, and a call list may be unmasked.
func removeStale(dir, period string, written []reports.File) error {
	stale := []string{"xtally-" + period + ".xlsx", "xtally-" + period + ".html"}
	keep := map[string]bool{}
	for _, f := range written {
		keep[f.Name] = true
	}
	for _, r := range reports.All() {
		for _, f := range []reports.Format{reports.CSV, reports.Parquet} {
			name := r.Name + "." + string(f)
			stale = append(stale, name)
		}
	}
	for _, name := range stale {
		if keep[name] {
			continue
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// amendManifest enters single reports into the manifest of a full set, if
// there is one, so that its hashes go on telling the truth.
func amendManifest(dir string, files []reports.File) error {
	path := filepath.Join(dir, "manifest.json")
	m, err := readManifest(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range files {
		m.Reports = slices.DeleteFunc(m.Reports, func(r manifestReport) bool { return r.File == f.Name })
		m.Reports = append(m.Reports, manifestReport{f.Name, f.Rows, f.Bytes, f.SHA256})
	}
	return m.write(path)
}

func readManifest(path string) (manifest, error) {
	var m manifest
	b, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("manifest %s: %w; write the full set again", path, err)
	}
	return m, nil
}

// write writes the manifest whole.
func (m manifest) write(path string) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(path, append(b, '\n'))
}

// Export writes one report of a month to w.
func (t *Tally) Export(ctx context.Context, w io.Writer, name string, format reports.Format, month Month, o ReportOptions) error {
	if _, ok := reports.Find(name); !ok {
		return fmt.Errorf("report %s: %w", name, ErrUnknownReport)
	}
	var ro reports.Options
	var err error
	if format == reports.XLSX {
		ro, _, err = t.reportOptions(ctx, month, o)
	} else {
		ro, err = t.tableOptions(ctx, month, o)
	}
	if err != nil {
		return err
	}
	if ro.Unmask {
		if err := t.disclose(ctx, "export of "+name, month.String(), o.Unmask); err != nil {
			return err
		}
	}
	return reports.Export(ctx, t.conn, w, name, format, ro)
}

// tableOptions are what tables of a month are written with.
func (t *Tally) tableOptions(ctx context.Context, month Month, o ReportOptions) (reports.Options, error) {
	if month.IsZero() {
		return reports.Options{}, fmt.Errorf("report: no month given")
	}
	ro, err := t.commonOptions(ctx, month, o)
	ro.Provisional = !month.over(t.o.now())
	return ro, err
}

// reportOptions are what the workbook and the page are written with too, and the summary
// that they tell.
func (t *Tally) reportOptions(ctx context.Context, month Month, o ReportOptions) (ro reports.Options, s Summary, err error) {
	if ro, err = t.tableOptions(ctx, month, o); err != nil {
		return ro, s, err
	}
	if s, err = t.Summary(ctx, month); err != nil {
		return ro, s, err
	}
	ro.Provenance = append(ro.Provenance,
		reports.KV{Key: "completeness", Value: words{lang: reports.EN}.stampLine(s.Coverage)},
		reports.KV{Key: "vendor's bill", Value: s.Bill.billLine()})
	ro.Answers, ro.Sections, ro.Notes = s.Answers(o.Lang), s.Sections(o.Lang), s.notes(o.Lang)
	ro.Charts, err = t.charts(ctx, month, o.Lang)
	return ro, s, err
}

// commonOptions are what reports of a month and of a period have alike.
func (t *Tally) commonOptions(ctx context.Context, month Month, o ReportOptions) (reports.Options, error) {
	built, err := t.builtWith(ctx, "report "+month.String())
	if err != nil {
		return reports.Options{}, err
	}
	if o.Detail {
		if err := t.mustHaveRecords(ctx, month.String(), "there is no call to list, leave out detail"); err != nil {
			return reports.Options{}, fmt.Errorf("report %s: %w", month, err)
		}
	}
	key, err := t.numberKey(ctx)
	if err != nil {
		return reports.Options{}, err
	}
	provenance, err := t.provenance(ctx, month, built)
	if err != nil {
		return reports.Options{}, err
	}
	return reports.Options{
		Month:      month.first,
		Lang:       o.Lang,
		Formats:    o.Formats,
		Names:      o.Names,
		Detail:     o.Detail,
		Unmask:     o.Unmask != "",
		NumberKey:  key,
		Provenance: provenance,
	}, nil
}

// notes are what a reader of this month's total should know of it.
func (s Summary) notes(lang reports.Lang) []string {
	lines := []string{words{lang: lang}.stampLine(s.Coverage)}
	for _, n := range []struct {
		count  int64
		zh, en string
	}{
		{s.Undated, "数据库中有 %d 通电话没有任何时间，不计入任何月份。", "%d calls in the database have no time at all and are in no month."},
		{s.OtherCalls, "本月有 %d 条语音通话（VoiceCall）话单，属于另一产品，未计费。", "%d records of this month are of VoiceCall, another product, and not charged."},
		{s.Unconfirmed, "本月有 %d 通 AXYB 通话：bindNum 是 X 还是 Y 号码，厂商尚未确认。", "%d calls of this month are AXYB: whether X or Y is bindNum is not confirmed by the vendor."},
	} {
		if n.count == 0 {
			continue
		}
		lines = append(lines, lang.Pickf(n.zh, n.en, n.count))
	}
	return lines
}

// provenance says what the figures were made from. It names no clock, so that
// the same data gives the same workbook.
func (t *Tally) provenance(ctx context.Context, month Month, built string) ([]reports.KV, error) {
	kv := []reports.KV{
		{Key: "xtally", Value: Version},
		{Key: "month", Value: month.String()},
		{Key: "models and settings", Value: built},
		{Key: "time zone", Value: "Asia/Shanghai (UTC+8)"},
	}
	q, err := t.o.readSQL("summary/sources.sql")
	if err != nil {
		return nil, err
	}
	sources, err := collect(ctx, t, func(r *sql.Rows, p *reports.KV) error { return r.Scan(&p.Key, &p.Value) }, q, month.String()+"-01")
	if err != nil {
		return nil, err
	}
	kv = append(kv, sources...)
	var files, bytes int64
	var digest string
	err = t.conn.QueryRowContext(ctx, `select count(*), cast(coalesce(sum(bytes), 0) as bigint),
			coalesce(sha256(string_agg(sha256 || file, chr(10) order by sha256, file)), '')
		from raw.files`).Scan(&files, &bytes, &digest)
	kv = append(kv,
		reports.KV{Key: "files in the database", Value: strconv.FormatInt(files, 10)},
		reports.KV{Key: "bytes in the database's files", Value: strconv.FormatInt(bytes, 10)},
		reports.KV{Key: "sha256 over all files' hashes", Value: digest},
	)
	return kv, err
}

// manifest is what manifest.json holds.
type manifest struct {
	RunID   string            `json:"run_id"`
	Version string            `json:"version"`
	Month   string            `json:"month"` // or the period
	Sources map[string]string `json:"sources"`
	Tables  []InputTable      `json:"tables"` // kept by hand, that the charges were made with
	Inputs  []manifestInput   `json:"inputs"`
	Reports []manifestReport  `json:"reports"`
}

type manifestInput struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

type manifestReport struct {
	File   string `json:"file"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// writeManifest writes manifest.json. The run id is made of the content, so
// the same data and options give the same id.
func (t *Tally) writeManifest(ctx context.Context, dir string, o reports.Options, files []reports.File) error {
	m := manifest{Version: Version, Month: o.Period(), Sources: map[string]string{}}
	h := sha256.New()
	err := t.summarize(ctx, "tables", o.Month.Format(time.DateOnly), &m.Tables)
	if err != nil {
		return err
	}
	for _, kv := range o.Provenance {
		m.Sources[kv.Key] = kv.Value
		fmt.Fprintln(h, kv.Key, kv.Value)
	}
	for _, f := range files {
		m.Reports = append(m.Reports, manifestReport{f.Name, f.Rows, f.Bytes, f.SHA256})
		fmt.Fprintln(h, f.Name, f.SHA256)
	}
	until := o.Until
	if until.IsZero() {
		until = o.Month.AddDate(0, 1, 0)
	}
	m.RunID = hex.EncodeToString(h.Sum(nil))[:16]
	m.Inputs, err = collect(ctx, t, func(r *sql.Rows, in *manifestInput) error { return r.Scan(&in.File, &in.SHA256) },
		"select file, sha256 from marts.files "+
			"where month_from is null or (month_from < cast(? as date) and month_to >= date_trunc('month', cast(? as date))) order by file",
		until.Format(time.DateOnly), o.Month.Format(time.DateOnly))
	if err != nil {
		return err
	}
	return m.write(filepath.Join(dir, "manifest.json"))
}

// writeWhole writes a file beside its place and renames it.
func writeWhole(path string, b []byte) error {
	stage, err := reports.NewStage(path)
	if err != nil {
		return err
	}
	name := filepath.Base(path)
	err = os.WriteFile(stage.Path(name), b, 0o644)
	if err == nil {
		err = os.Rename(stage.Path(name), path)
	}
	return errors.Join(err, stage.Close())
}
