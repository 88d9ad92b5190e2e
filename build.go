package xtally

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// layers is the order models are built in. A model reads only from layers
// before its own, so the order within a layer does not matter. Seeds and
// staging are views; the rest are tables unless the model says otherwise.
//
// From charging on, models are made anew for more months than those whose
// records changed: for all when a price table changed, and for every month
// that a package now covers otherwise.
var layers = []string{"seeds", "staging", "identity", "calls", "rated", "metered", "drawn", "settled", "allocated", "summed", "stated", "matched", "reasoned", "marts"}

// charging is the first layer that knows of prices, drawn the one that says
// which hours packages cover, summed the last one that is computed whatever
// months are closed, and reasoned the one that says why the bill differs.
const (
	charging = "rated"
	drawn    = "drawn"
	summed   = "summed"
	reasoned = "reasoned"
)

// BuildResult says what a build did.
type BuildResult struct {
	Months      []Month      // made anew; empty when nothing had changed
	Undated     bool         // records without any time were among them
	Adjustments []Adjustment // found in closed months
	Checks      int          // checks and keys proved
	Duration    time.Duration
}

// Build makes the derived tables of every month that Load touched since the
// last build, charges all months anew after a table of LoadTables changed, and
// makes all of everything after the models or settings changed. It
// proves every model's key and runs every check in the same transaction:
// either all of it is published or, with an error, nothing. A [*CheckError]
// names the check and holds the offending rows.
func (t *Tally) Build(ctx context.Context) (BuildResult, error) { return t.build(ctx, false) }

// Rebuild is Build for all months, whatever changed. It gives the same rows.
func (t *Tally) Rebuild(ctx context.Context) (BuildResult, error) { return t.build(ctx, true) }

func (t *Tally) build(ctx context.Context, all bool) (result BuildResult, err error) {
	start := t.o.now()
	b, err := t.newBuilder(all)
	if err != nil {
		return BuildResult{}, err
	}
	built, err := t.meta(ctx, "built_with")
	if err != nil {
		return BuildResult{}, err
	}
	if built == "" {
		// DuckDB reads rows of an open transaction with one thread and plans as
		// if there were none. Before the first build nothing is published, so its
		// calls can be committed ahead of the rest; whoever reads asks for
		// built_with first, and should a check fail, the next build starts over.
		if err := t.transact(ctx, func() error { return b.foundation(ctx) }); err != nil {
			return BuildResult{}, err
		}
	}
	err = t.transact(ctx, func() error {
		result, err = b.build(ctx)
		return err
	})
	if err != nil {
		return BuildResult{}, err
	}
	result.Duration = t.o.now().Sub(start)
	return result, nil
}

// buildWithin is build within a transaction that the caller has begun.
func (t *Tally) buildWithin(ctx context.Context, all bool) (BuildResult, error) {
	b, err := t.newBuilder(all)
	if err != nil {
		return BuildResult{}, err
	}
	return b.build(ctx)
}

// newBuilder reads the models.
func (t *Tally) newBuilder(all bool) (*builder, error) {
	models, err := t.models()
	if err != nil {
		return nil, err
	}
	print, err := t.fingerprint()
	return &builder{Tally: t, models: models, print: print, all: all}, err
}

// build makes what the scope asks for, within a transaction.
func (b *builder) build(ctx context.Context) (result BuildResult, err error) {
	if !b.founded {
		if err := b.foundation(ctx); err != nil {
			return result, err
		}
	}
	if !b.isNeeded() {
		return result, nil
	}
	for _, step := range []func(context.Context) error{b.charge, b.check, b.finish} {
		if err := step(ctx); err != nil {
			return result, err
		}
	}
	for _, m := range b.charged {
		if m == undated {
			result.Undated = true
			continue
		}
		month, err := ParseMonth(m[:7], b.o.now())
		if err != nil {
			return result, err
		}
		result.Months = append(result.Months, month)
	}
	result.Checks, result.Adjustments = b.checks, b.found
	return result, nil
}

// isNeeded tells whether anything has changed since the last build.
func (b *builder) isNeeded() bool {
	return len(b.charged) > 0 || b.fresh || b.newFiles || b.newTables || b.newMonth
}

// undated is the month that stands for records without any time; see the
// macro of that name.
const undated = "1970-01-01"

// model is one file of sql/<layer>/.
type model struct {
	layer, name, query string
	key                []string
	isView             bool
	byMonth            bool // rows belong to bill months, and no month looks at another
}

func (m model) relation() string { return m.layer + "." + m.name }

// isProved tells whether another relation's proof covers the key.
func (m model) isProved() bool { return header(m.query, "proved by") != "" }

// models reads all layers, in order.
func (t *Tally) models() ([]model, error) {
	var all []model
	for _, layer := range layers {
		files, err := fs.Glob(t.o.sql, layer+"/*.sql")
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			b, err := fs.ReadFile(t.o.sql, f)
			if err != nil {
				return nil, err
			}
			m := model{layer: layer, name: strings.TrimSuffix(path.Base(f), ".sql"), query: string(b)}
			m.isView = layer == "seeds" || layer == "staging" || header(m.query, "stored") == "view"
			for _, k := range strings.Split(header(m.query, "key"), ",") {
				m.key = append(m.key, strings.TrimSpace(k))
			}
			m.byMonth = header(m.query, "stored") != "whole" &&
				(slices.Contains(m.key, "month") || header(m.query, "made by") == "month")
			all = append(all, m)
		}
	}
	return all, nil
}

// header reads one of a model's first comment lines, such as "-- key: month".
func header(query, name string) string {
	for line := range strings.Lines(query) {
		if !strings.HasPrefix(line, "--") {
			break
		}
		if v, ok := strings.CutPrefix(line, "-- "+name+":"); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// fingerprint is what derived tables depend on beside raw: models and settings.
func (t *Tally) fingerprint() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, t.o.rules.named())
	err := fs.WalkDir(t.o.sql, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(t.o.sql, p)
		fmt.Fprintln(h, p, len(b))
		h.Write(b)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// builder is one build under way.
type builder struct {
	*Tally
	models    []model
	print     string          // of models and settings
	all       bool            // make all months anew, whatever changed
	founded   bool            // the layers before charging are made
	aside     map[string]bool // relations whose rows of pruned months are saved
	months    []string        // whose records changed: dates of first days, ascending
	charged   []string        // to be charged anew: these, and all that packages or tables change
	fresh     bool            // the derived tables do not exist, or are of other models
	newFiles  bool            // files came since the last build, if without a record
	newTables bool            // prices or other tables changed since the last build
	newMonth  bool            // a month has ended since: it is judged to its last hour now
	tables    string          // what the tables are now
	found     []Adjustment
	checks    int
}

// foundation decides the scope and makes the layers before charging.
func (b *builder) foundation(ctx context.Context) error {
	if err := b.scope(ctx); err != nil || !b.isNeeded() {
		return err
	}
	if err := b.writeRules(ctx); err != nil {
		return err
	}
	for _, layer := range layers {
		if err := b.exec(ctx, "create schema if not exists "+layer); err != nil {
			return err
		}
	}
	for _, layer := range layers[:slices.Index(layers, charging)] {
		if err := b.makeLayer(ctx, layer, b.months); err != nil {
			return err
		}
	}
	b.founded = true
	return nil
}

// charge makes the layers from charging on.
func (b *builder) charge(ctx context.Context) error {
	for _, layer := range layers[slices.Index(layers, charging):] {
		if err := b.makeLayer(ctx, layer, b.charged); err != nil {
			return err
		}
		var then func(context.Context) error
		switch layer {
		case drawn:
			then = b.redrawn
		case summed:
			then = b.adjust
		case reasoned:
			then = b.openClaims
		default:
			continue
		}
		if err := then(ctx); err != nil {
			return err
		}
	}
	return nil
}

// makeLayer builds the models of one layer for these months and proves their keys.
func (b *builder) makeLayer(ctx context.Context, layer string, months []string) error {
	var made []model
	for _, m := range b.models {
		if m.layer != layer {
			continue
		}
		started := b.o.now()
		if err := b.make(ctx, m, months); err != nil {
			return fmt.Errorf("build %s: %w", m.relation(), err)
		}
		b.o.log.Debug("built", "relation", m.relation(), "took", b.o.now().Sub(started))
		made = append(made, m)
	}
	return b.proveKeys(ctx, made, months)
}

// make builds one model: a view as it is; a table by month by replacing the months
// given; any other table whole. A view stays until the models change.
func (b *builder) make(ctx context.Context, m model, months []string) error {
	switch {
	case m.isView && !b.fresh:
		return nil
	case m.isView:
		return b.exec(ctx, "create or replace view "+m.relation()+" as "+m.query)
	case !m.byMonth:
		return b.exec(ctx, "create or replace table "+m.relation()+" as "+m.query)
	case b.fresh:
		err := b.exec(ctx, "create or replace table "+m.relation()+" as "+m.query,
			"delete from "+m.relation()+" where not ("+among(months)+")")
		if err != nil {
			return err
		}
		return b.putBack(ctx, m)
	}
	return b.exec(ctx, "delete from "+m.relation()+" where "+among(months),
		"insert into "+m.relation()+" by name select * from ("+m.query+") where "+among(months))
}

// among is the condition that a row belongs to one of the months.
func among(months []string) string {
	if len(months) == 0 {
		return "false"
	}
	return "month in (" + dates(months) + ")"
}

// proveKeys proves that the keys of models are unique and never null, over the months
// just made. One statement asks for all of them: many small ones would cost more to
// plan than to answer. Only if one does not hold are they asked singly, for its rows.
// A model whose header names the relation that proves it already (its rows are that
// one's, joined by a proved key) is not counted twice.
func (b *builder) proveKeys(ctx context.Context, made []model, months []string) error {
	var proofs []check
	for _, m := range made {
		if m.isProved() {
			continue
		}
		where := ""
		if m.byMonth && !b.fresh {
			where = " where " + among(months)
		}
		key := strings.Join(m.key, ", ")
		proofs = append(proofs, check{"key of " + m.relation(), "select " + key + ", count(*) as row_count from " + m.relation() + where +
			" group by " + key + " having count(*) > 1 or " + strings.Join(m.key, " is null or ") + " is null"})
	}
	if len(proofs) == 0 {
		return nil
	}
	broken := make([]string, len(proofs))
	for i, p := range proofs {
		broken[i] = "select 1 from (" + p.query + ")"
	}
	found, err := b.texts(ctx, "select 'broken' from ("+strings.Join(broken, " union all ")+") limit 1")
	if err != nil {
		return fmt.Errorf("check the keys of %s: %w", made[0].layer, err)
	}
	if len(found) == 0 {
		b.checks += len(proofs)
		return nil
	}
	for _, p := range proofs {
		if err := b.mustBeEmpty(ctx, p); err != nil {
			return err
		}
	}
	return fmt.Errorf("a key of %s did not hold, and holds when it is asked for again", made[0].layer)
}

// check is a query that must give no row.
type check struct{ name, query string }

// check runs sql/checks: each query must return no row.
func (b *builder) check(ctx context.Context) error {
	files, err := fs.Glob(b.o.sql, "checks/*.sql")
	if err != nil {
		return err
	}
	for _, f := range files {
		q, err := fs.ReadFile(b.o.sql, f)
		if err != nil {
			return err
		}
		if err := b.mustBeEmpty(ctx, check{strings.TrimSuffix(path.Base(f), ".sql"), string(q)}); err != nil {
			return err
		}
	}
	return nil
}

// mustBeEmpty runs a query and returns its rows, if any, as a CheckError.
func (b *builder) mustBeEmpty(ctx context.Context, c check) error {
	b.checks++
	rows, err := b.conn.QueryContext(ctx, "select columns(*)::varchar from ("+c.query+") limit 10")
	if err != nil {
		return fmt.Errorf("check %s: %w", c.name, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	e := &CheckError{Check: c.name, Columns: columns}
	for rows.Next() {
		r, err := textRow(rows, len(columns))
		if err != nil {
			return err
		}
		e.Rows = append(e.Rows, r)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("check %s: %w", c.name, err)
	}
	if len(e.Rows) > 0 {
		return e
	}
	return nil
}

// finish notes what was built.
func (b *builder) finish(ctx context.Context) error {
	if err := errors.Join(b.setMeta(ctx, "built_with", b.print), b.setMeta(ctx, "built_with_tables", b.tables), b.setMeta(ctx, "built_in", b.currentMonth())); err != nil {
		return err
	}
	return b.exec(ctx,
		"insert or replace into raw.meta select 'account_months', coalesce(string_agg(cast(month as varchar), ' ' order by month), '') from staging.account_months",
		"insert or replace into raw.meta select 'built_to_file', cast(coalesce(max(file_id), 0) as varchar) from raw.files",
		"delete from raw.months_to_build",
		"delete from raw.build_scope",
		"delete from raw.build_causes")
}

func dates(months []string) string {
	quoted := make([]string, len(months))
	for i, m := range months {
		quoted[i] = "date " + quote(m)
	}
	return strings.Join(quoted, ", ")
}
