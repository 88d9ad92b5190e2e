package xtally

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// proveKeys proves that the keys of a layer are unique and never null, over what was
// just made. One statement asks for all of them: many small ones would cost more to
// plan than to answer. Only if one does not hold are they asked singly, for its rows.
// A model whose header names the relation that proves it already (its rows are that
// one's, joined by a proved key) is not counted twice.
func (b *builder) proveKeys(ctx context.Context, layer string, months []string) error {
	var proofs []check
	for _, m := range b.models {
		if m.layer != layer || m.isProved() || b.isAsItWas(m, months) {
			continue
		}
		key := strings.Join(m.key, ", ")
		proofs = append(proofs, check{"key of " + m.relation(), "select " + key + ", count(*) as row_count from " + m.relation() + " where " + b.unproved(m, months) +
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
		return fmt.Errorf("check the keys of %s: %w", layer, err)
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
	return fmt.Errorf("a key of %s did not hold, and holds when it is asked for again; run again, and report this if it comes back", layer)
}

// unproved is the condition that a row can have the key of another that was made just now:
// one of the same call, day or file, where that is part of the key, else one of the month.
func (b *builder) unproved(m model, months []string) string {
	switch {
	case !m.byMonth || b.fresh:
		return "true"
	case m.byFile, m.byCall && slices.Contains(m.key, "call_id"), m.day != "" && slices.Contains(m.key, m.day):
		return b.those(m, months)
	}
	return among(months)
}

// check is a query that must give no row.
type check struct{ name, query string }

// check runs sql/checks over the months made or charged anew: each query must return no
// row.
func (b *builder) check(ctx context.Context) error {
	if len(b.charged) > 0 {
		err := b.exec(ctx, "insert into raw.build_scope select month from (select unnest(["+dates(b.charged)+"]) as month) where month not in (select month from raw.build_scope)")
		if err != nil {
			return err
		}
	}
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
