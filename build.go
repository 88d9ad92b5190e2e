package xtally

import (
	"context"
	"errors"
	"fmt"
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
var layers = []string{"seeds", "staging", "identity", "calls", "classed", "rated", "metered", "drawn", "settled", "allocated", "summed", "stated", "matched", "reasoned", "marts"}

// charging is the first layer that knows of prices, drawn the one that says
// which hours packages cover, summed the last one that is computed whatever
// months are closed, and reasoned the one that says why the bill differs.
const (
	charging = "classed"
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

// Build brings the derived tables of every month that Load touched since the
// last build up to date, charges all months anew after a table of LoadTables changed,
// and makes all of everything after the models or settings changed. It
// proves every model's key and runs every check in the same transaction:
// either all of it is published or, with an error, nothing. A [*CheckError]
// names the check and holds the offending rows.
func (t *Tally) Build(ctx context.Context) (BuildResult, error) { return t.build(ctx, false) }

// Rebuild is Build for all months, whatever changed. It gives the same rows.
func (t *Tally) Rebuild(ctx context.Context) (BuildResult, error) { return t.build(ctx, true) }

func (t *Tally) build(ctx context.Context, all bool) (result BuildResult, err error) {
	start := t.o.now()
	b, err := t.newBuilder(ctx, all)
	if err != nil {
		return BuildResult{}, err
	}
	built, err := t.meta(ctx, "built_with")
	if err != nil {
		return BuildResult{}, ended(ctx, err)
	}
	if built == "" {
		// DuckDB reads rows of an open transaction with one thread and plans as
		// if there were none. Before the first build nothing is published, so its
		// calls can be committed ahead of the rest; whoever reads asks for
		// built_with first, and should a key or a check fail, the next build starts over.
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
	b, err := t.newBuilder(ctx, all)
	if err != nil {
		return BuildResult{}, err
	}
	return b.build(ctx)
}

// newBuilder reads the models.
func (t *Tally) newBuilder(ctx context.Context, all bool) (*builder, error) {
	if err := t.exec(context.WithoutCancel(ctx), forgetDay); err != nil {
		return nil, err
	}
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
	for _, step := range []func(context.Context) error{b.proveFoundation, b.charge, b.check, b.finish} {
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

// builder is one build under way.
type builder struct {
	*Tally
	models    []model
	print     string          // of models and settings
	all       bool            // make all months anew, whatever changed
	founded   bool            // the layers before charging are made
	aside     map[string]bool // relations whose rows of pruned months are saved
	months    []string        // whose records changed: dates of first days, ascending
	partial   []string        // those of them of which only the calls and days that changed are made
	days      []string        // those days: dates
	files     []string        // that came, or hold records of those calls: ids
	changed   []string        // groups of steady tables that are not as they were
	billed    []string        // months of which there is a bill
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
	for _, layer := range foundationLayers() {
		if err := b.makeLayer(ctx, layer, b.months); err != nil {
			return err
		}
		if err := b.after(ctx, layer); err != nil {
			return err
		}
	}
	b.founded = true
	return nil
}

// after does what can be done once a layer of the foundation is made.
func (b *builder) after(ctx context.Context, layer string) error {
	switch {
	case layer == "staging":
		if err := b.narrow(ctx); err != nil {
			return err
		}
		return b.compareSteady(ctx)
	case layer == "identity" && b.fresh:
		return b.linkVersions(ctx, "identity.copies")
	}
	return nil
}

// foundationLayers are the layers before charging.
func foundationLayers() []string { return layers[:slices.Index(layers, charging)] }

// proveFoundation proves the keys of the foundation.
func (b *builder) proveFoundation(ctx context.Context) error {
	for _, layer := range foundationLayers() {
		if err := b.proveKeys(ctx, layer, b.months); err != nil {
			return err
		}
	}
	return nil
}

// charge makes the layers from charging on.
func (b *builder) charge(ctx context.Context) error {
	for _, layer := range layers[slices.Index(layers, charging):] {
		if err := b.makeLayer(ctx, layer, b.charged); err != nil {
			return err
		}
		if err := b.proveKeys(ctx, layer, b.charged); err != nil {
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

// makeLayer builds the models of one layer for these months.
func (b *builder) makeLayer(ctx context.Context, layer string, months []string) error {
	for _, m := range b.models {
		if m.layer != layer {
			continue
		}
		started := b.o.now()
		if err := b.make(ctx, m, months); err != nil {
			return fmt.Errorf("build %s: %w", m.relation(), err)
		}
		b.o.log.Debug("built", "relation", m.relation(), "took", b.o.now().Sub(started))
	}
	return nil
}

// make builds one model: a view as it is; a table by month by replacing the months
// given, or what changed of them (see narrow); any other table whole. A view stays until
// the models change.
func (b *builder) make(ctx context.Context, m model, months []string) error {
	switch {
	case m.isView && !b.fresh, b.isAsItWas(m, months):
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
	those := b.those(m, months)
	if m.day != "" && len(b.partial) > 0 {
		return b.makeDays(ctx, m, months, those)
	}
	if m.moves != "" && len(b.partial) > 0 {
		return b.makeAndCompare(ctx, m, those)
	}
	return b.replace(ctx, m, those)
}

// replace makes some rows anew.
func (b *builder) replace(ctx context.Context, m model, those string) error {
	return b.exec(ctx, "delete from "+m.relation()+" where "+those,
		"insert into "+m.relation()+" by name select * from ("+m.query+") where "+those)
}

// among is the condition that a row belongs to one of the months. A comparison goes on to
// the tables that are joined by the month, a list does not: with it, the one month of a
// night would be joined to all of a year.
func among(months []string) string {
	switch len(months) {
	case 0:
		return "false"
	case 1:
		return "month = " + dates(months)
	}
	return "month in (" + dates(months) + ")"
}

// finish notes what was built.
func (b *builder) finish(ctx context.Context) error {
	if err := errors.Join(b.setMeta(ctx, "built_with", b.print), b.setMeta(ctx, "built_with_tables", b.tables), b.setMeta(ctx, "built_in", b.currentMonth())); err != nil {
		return err
	}
	return b.exec(ctx,
		"insert or replace into raw.meta select 'built_to_file', cast(coalesce(max(file_id), 0) as varchar) from raw.files",
		"delete from raw.meta where name = 'upgraded_from'",
		"delete from raw.months_to_build",
		"drop table if exists temp.changed_records",
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
