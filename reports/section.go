package reports

import (
	"fmt"
	"strings"
)

// Section is a part of the first sheet that the caller tells.
type Section struct {
	Title string
	Lines []Line
	from  string
}

// From names the report that the lines added from here on come from: they lead there.
func (s *Section) From(report string) { s.from = report }

// Line is a label, a value and a remark. Name is a column whose look the value
// takes, such as cost_cny; empty for words. Value is text, decimals plain.
type Line struct {
	Label, Name, Value, Remark string
	Tone                       Tone
	Report                     string // that it comes from; empty for none
}

// Tone is whether a value is well: it is coloured by it.
type Tone int

// The tones. The zero value is Plain.
const (
	Plain Tone = iota
	Good
	Warn
	Bad
)

// Add adds a line without a tone.
func (s *Section) Add(label, name, value, remark string) {
	s.AddToned(Plain, label, name, value, remark)
}

// AddToned adds a line whose value is coloured.
func (s *Section) AddToned(tone Tone, label, name, value, remark string) {
	s.Lines = append(s.Lines, Line{Label: label, Name: name, Value: value, Remark: remark, Tone: tone, Report: s.from})
}

// figure is the value as the page shows it.
func (l Line) figure() figure {
	c := column{name: l.Name, kind: kindText}
	if l.Name != "" {
		c.typ = "BIGINT"
		if _, decimals, ok := strings.Cut(l.Value, "."); ok {
			c.typ = fmt.Sprintf("DECIMAL(38,%d)", len(decimals))
		}
		c.kind = kindOf(c.name, c.typ)
	}
	return figure{c, l.Value}
}

// fills are the colours behind toned values.
func (t Tone) fill() string { return [...]string{"", "D9EAD3", "FFE8B3", "F4C7C3"}[t] }

// toneOf is the tone of a status in any report.
func toneOf(column, value string) Tone {
	if column != "status" {
		return Plain
	}
	switch value {
	case "ok", "active":
		return Good
	case "projected_over_limit", "expired", "not_in_table", "not_ours":
		return Warn
	case "over_limit", "over_both_limits", "damaged":
		return Bad
	}
	return Plain
}
