package xtally

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/xtally/xtally/ingest"
	"github.com/xtally/xtally/reports"
)

// DisputeOptions say what a dispute pack holds.
type DisputeOptions struct {
	Archive []string     // where the raw lines are found again; empty for none
	Lang    reports.Lang // of the workbook, zh (default) or en
	Unmask  string       // why it is to hold the numbers of people in full, which is logged; empty: masked
}

// Dispute is what a dispute pack holds.
type Dispute struct {
	Month   string        `json:"month"`
	File    string        `json:"file"`
	Claims  []Claim       `json:"claims"`  // open ones of the month
	Lines   int64         `json:"lines"`   // of the archive, found again
	Missing []string      `json:"missing"` // files that are not there or are other now
	Members []disputeFile `json:"members"`
}

type disputeFile struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Dispute writes the open claims of a month, with all that shows them, as a zip:
// the workbook claims.xlsx, the raw lines of the archive, the bill's own rows,
// the rules in both languages, and manifest.json with the hash of each. The zip
// appears whole or not at all; the same data gives the same bytes.
func (t *Tally) Dispute(ctx context.Context, month Month, path string, o DisputeOptions) (Dispute, error) {
	d := Dispute{Month: month.String(), File: path, Claims: []Claim{}, Missing: []string{}}
	what := "dispute " + month.String()
	if slices.ContainsFunc(o.Archive, ingest.IsObjectPath) {
		return d, fmt.Errorf("%s: the archive lies in a store; download the month's objects and give their folder", what)
	}
	if err := t.mustHaveRecords(ctx, d.Month, "no call is left to show"); err != nil {
		return d, fmt.Errorf("%s: %w", what, err)
	}
	all, err := t.Claims(ctx)
	if err != nil {
		return d, err
	}
	for _, c := range all {
		if c.Month == d.Month && c.State == "open" {
			d.Claims = append(d.Claims, c)
		}
	}
	if len(d.Claims) == 0 {
		return d, fmt.Errorf("%s: no claim is open; xtally claim lists those there are", what)
	}
	if o.Unmask != "" {
		if err := t.disclose(ctx, "dispute", month.String(), o.Unmask); err != nil {
			return d, fmt.Errorf("%s: %w", what, err)
		}
	}
	stage, err := os.MkdirTemp(t.temp, "dispute-")
	if err != nil {
		return d, err
	}
	defer os.RemoveAll(stage)
	for _, write := range []func(context.Context, string, Month, DisputeOptions, *Dispute) error{
		t.disputeWorkbook, t.disputeRows, t.disputeRules, t.disputeEvidence,
	} {
		if err := write(ctx, stage, month, o, &d); err != nil {
			return d, fmt.Errorf("%s: %w", what, err)
		}
	}
	if err := d.pack(stage, path); err != nil {
		return d, fmt.Errorf("%s: %w", what, err)
	}
	return d, nil
}

// disputeWorkbook writes the claims, the slots that differ and the calls in them.
func (t *Tally) disputeWorkbook(ctx context.Context, stage string, month Month, o DisputeOptions, _ *Dispute) error {
	ro, _, err := t.reportOptions(ctx, month, ReportOptions{Lang: o.Lang, Unmask: o.Unmask})
	if err != nil {
		return err
	}
	return reports.Workbook(ctx, t.conn, filepath.Join(stage, "claims.xlsx"), ro, "claims", "reconciliation_reasons", "reconciliation_by_hour", "disputed_calls")
}

// disputeRows writes the bill's own rows.
func (t *Tally) disputeRows(ctx context.Context, stage string, month Month, _ DisputeOptions, _ *Dispute) error {
	q, err := t.o.readSQL("dispute/bill_rows.sql")
	if err != nil {
		return err
	}
	q = strings.ReplaceAll(q, "$1", quote(month.String()+"-01"))
	return t.exec(ctx, "copy ("+q+") to "+quote(filepath.Join(stage, "bill_rows.csv"))+" (format csv, header)")
}

// disputeRules writes what the vendor is held to.
func (t *Tally) disputeRules(ctx context.Context, stage string, month Month, _ DisputeOptions, d *Dispute) error {
	q, err := t.o.readSQL("dispute/rules.sql")
	if err != nil {
		return err
	}
	rows, err := t.conn.QueryContext(ctx, q, month.String()+"-01")
	if err != nil {
		return err
	}
	defer rows.Close()
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", d.Month)
	for rows.Next() {
		r, err := textRow(rows, 7)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "\n## %s %s (%s)\n\n", r[1], r[2], r[0])
		for _, c := range d.Claims {
			if c.Reason == r[0] {
				fmt.Fprintf(&b, "- %s: %s CNY\n", c.ID, c.ClaimedCNY)
			}
		}
		fmt.Fprintf(&b, "\n%s。%s\n\n%s. Rule: %s\n", r[3], r[5], r[4], r[6])
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(stage, "rules.md"), []byte(b.String()), 0o644)
}

// evidence is one raw body as the pack holds it.
type evidence struct {
	File string `json:"file"`
	Line int64  `json:"line"`
	Body string `json:"body"`
}

// disputeEvidence finds the raw lines again, a file of them for each of the
// archive's. Their names are ours: none of the archive's can leave the folder.
func (t *Tally) disputeEvidence(ctx context.Context, stage string, month Month, o DisputeOptions, d *Dispute) error {
	places, err := t.places(ctx, month)
	if err != nil || len(o.Archive) == 0 {
		return err
	}
	ours, err := t.texts(ctx, "select distinct x_number from rated.number_use union select x_number from staging.numbers")
	if err != nil {
		return err
	}
	dir := filepath.Join(stage, "evidence")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	contents := map[string]*bytes.Buffer{}
	d.Missing, err = ingest.FindBodies(ctx, o.Archive, places, func(p ingest.Place, body []byte) error {
		text := string(body)
		if o.Unmask == "" {
			text = maskNumbers(text, ours)
		}
		if contents[p.File] == nil {
			contents[p.File] = &bytes.Buffer{}
		}
		d.Lines++
		e := json.NewEncoder(contents[p.File])
		e.SetEscapeHTML(false)
		return e.Encode(evidence{p.File, p.Line, text})
	})
	if err != nil {
		return err
	}
	files := []string{}
	for f := range contents {
		files = append(files, f)
	}
	slices.Sort(files)
	for i, f := range files {
		name := fmt.Sprintf("%04d-%s.ndjson", i+1, unsafeInNames.ReplaceAllString(filepath.Base(filepath.ToSlash(f)), "_"))
		if err := os.WriteFile(filepath.Join(dir, name), contents[f].Bytes(), 0o644); err != nil {
			return err
		}
	}
	d.Missing = append([]string{}, d.Missing...)
	return nil
}

// zipEpoch stands for no time: the same data makes the same bytes.
var zipEpoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

var unsafeInNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// places reads where the records of the calls in dispute stand.
func (t *Tally) places(ctx context.Context, month Month) ([]ingest.Place, error) {
	q, err := t.o.readSQL("dispute/places.sql")
	if err != nil {
		return nil, err
	}
	return collect(ctx, t, func(r *sql.Rows, p *ingest.Place) error {
		return r.Scan(&p.File, &p.Member, &p.SHA256, &p.Size, &p.Line)
	}, q, month.String()+"-01")
}

// personNumber is a telephone number in a body: a mobile number anywhere, or
// whatever digits a member for numbers holds.
var personNumber = regexp.MustCompile(`(?i)("(?:caller|callee|called|calling|callerNum|calleeNum|fwdDstNum|fwdDisplayNum)\\?"\s*:\s*\\?"?)(\+?[0-9]{5,20})|(\+?(?:86)?\b1[0-9]{10}\b|\+861[0-9]{10}|\b861[0-9]{10}\b|1[0-9]{10}_)`)

// maskNumbers hides the numbers of people as reports do; X numbers stay.
func maskNumbers(text string, ours []string) string {
	return personNumber.ReplaceAllStringFunc(text, func(found string) string {
		m := personNumber.FindStringSubmatch(found)
		head, number := m[1], m[2]
		if number == "" {
			head, number = "", m[3]
		}
		tail := strings.TrimRight(number, "_")
		rest := number[len(tail):]
		if plain := strings.TrimPrefix(tail, "+"); slices.ContainsFunc(ours, func(x string) bool {
			x = strings.TrimPrefix(x, "+")
			return x == plain || x == "86"+plain
		}) {
			return found
		}
		switch {
		case len(tail) >= 11:
			tail = tail[:len(tail)-8] + "****" + tail[len(tail)-4:]
		case len(tail) > 4:
			tail = "****" + tail[len(tail)-2:]
		}
		return head + tail + rest
	})
}

// pack zips what is staged, with the manifest last, and renames it into place.
func (d *Dispute) pack(stage, path string) error {
	var names []string
	err := filepath.WalkDir(stage, func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, relErr := filepath.Rel(stage, p)
			names, err = append(names, filepath.ToSlash(rel)), relErr
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(names)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	beside, err := reports.NewStage(path)
	if err != nil {
		return err
	}
	packed := beside.Path(filepath.Base(path))
	if err = d.zip(names, stage, packed); err == nil {
		err = os.Rename(packed, path)
	}
	return errors.Join(err, beside.Close())
}

// zip writes the named files of stage, and the manifest that it makes of them.
func (d *Dispute) zip(names []string, stage, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	z := zip.NewWriter(file)
	add := func(name string, content []byte) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipEpoch})
		if err == nil {
			_, err = io.Copy(w, bytes.NewReader(content))
		}
		return err
	}
	d.Members = []disputeFile{}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(stage, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		d.Members = append(d.Members, disputeFile{name, int64(len(content)), sumOf(content)})
		if err := add(name, content); err != nil {
			return err
		}
	}
	manifest, err := json.MarshalIndent(d.manifest(), "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(add("manifest.json", append(manifest, '\n')), z.Close(), file.Close())
}

// manifest is what the pack says of itself: nothing that the clock or the
// folder it lies in would change.
func (d *Dispute) manifest() any {
	type claim struct {
		ID         string `json:"claim_id"`
		ClaimedCNY string `json:"claimed_cny"`
		OpenedAt   string `json:"opened_at"`
	}
	claims := []claim{}
	for _, c := range d.Claims {
		claims = append(claims, claim{c.ID, c.ClaimedCNY, c.OpenedAt})
	}
	return struct {
		Month   string        `json:"month"`
		Version string        `json:"version"`
		Claims  []claim       `json:"claims"`
		Lines   int64         `json:"evidence_lines"`
		Missing []string      `json:"missing_archive_files"`
		Members []disputeFile `json:"members"`
	}{d.Month, Version, claims, d.Lines, d.Missing, d.Members}
}
