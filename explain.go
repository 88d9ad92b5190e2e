package xtally

import (
	"context"
	"database/sql"
	"fmt"
)

// Explained is the story of one call, in sections.
type Explained struct{ Sections []ExplainedSection }

// ExplainedSection is one part of a call's story: a row of named facts, or
// several such rows where IsList is set. Columns carry their units as in the
// marts; values are text, whole numbers, booleans, or nil for what is not
// known. Money and times are text.
type ExplainedSection struct {
	Name    string // call, copies, times, charge, hour, packages, sums, session, events
	IsList  bool
	Columns []string
	Rows    [][]any
}

// storySections are the parts of a story in the order they are told; each is a
// query of sql/explain.
var storySections = [...]ExplainedSection{
	{Name: "call"},
	{Name: "session"},
	{Name: "copies", IsList: true},
	{Name: "times", IsList: true},
	{Name: "charge"},
	{Name: "hour", IsList: true},
	{Name: "packages", IsList: true},
	{Name: "sums", IsList: true},
	{Name: "events", IsList: true},
}

// Explain tells the story of every call whose record id (icid), session id or
// call id is id: where its records lie and what became of each, its times, X
// number, minutes and price, the hour and packages it was settled with, and the
// sums it is in. A session that only events tell of is told from them. Numbers
// of people are not shown. It returns nothing for an id that nothing carries.
func (t *Tally) Explain(ctx context.Context, id string) ([]Explained, error) {
	if _, err := t.builtWith(ctx, "explain"); err != nil {
		return nil, err
	}
	q, err := t.o.readSQL("explain/stories.sql")
	if err != nil {
		return nil, err
	}
	rows, err := t.conn.QueryContext(ctx, q, id)
	if err != nil {
		return nil, err
	}
	found, err := textRows(rows)
	if err != nil {
		return nil, err
	}
	var all []Explained
	for _, f := range found {
		e, err := t.story(ctx, f[0], f[2])
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// story tells of one call, or of a session without a record if callID is empty.
func (t *Tally) story(ctx context.Context, callID, sessionID string) (Explained, error) {
	var e Explained
	call := "nullif(" + quote(callID) + ", '')"
	err := t.exec(ctx,
		"set variable story_call_id = "+call,
		"set variable story_session_id = "+quote(sessionID),
		"set variable story_month = (select month from rated.calls where call_id = call_of_text("+call+"))",
		"set variable story_app_key = (select app_key from rated.calls where call_id = call_of_text("+call+"))",
		"set variable story_x_number = (select x_number from rated.calls where call_id = call_of_text("+call+"))",
	)
	if err != nil {
		return e, err
	}
	for _, s := range storySections {
		q, err := t.o.readSQL("explain/" + s.Name + ".sql")
		if err != nil {
			return e, err
		}
		if err := t.tell(ctx, &s, q); err != nil {
			return e, fmt.Errorf("explain %s: %w", s.Name, err)
		}
		if len(s.Rows) > 0 {
			e.Sections = append(e.Sections, s)
		}
	}
	return e, nil
}

// tell fills a section with what its query gives.
func (t *Tally) tell(ctx context.Context, s *ExplainedSection, query string) error {
	rows, err := t.conn.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	if s.Columns, err = rows.Columns(); err != nil {
		return err
	}
	for rows.Next() {
		values, into := make([]any, len(s.Columns)), make([]any, len(s.Columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		s.Rows = append(s.Rows, values)
	}
	return rows.Err()
}

// textRows reads all rows as text, null as empty, and closes them.
func textRows(rows *sql.Rows) ([][]string, error) {
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]string
	for rows.Next() {
		r, err := textRow(rows, len(names))
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}
