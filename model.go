package xtally

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// model is one file of sql/<layer>/.
type model struct {
	layer, name, query string
	key                []string
	isView             bool
	byMonth            bool     // rows belong to bill months, and no month looks at another
	byCall             bool     // of a month that is not made whole, the calls that changed are
	byFile             bool     // those of the files that hold records of them
	day                string   // the column whose days are, where they changed
	changesWith        []string // the groups of steady tables that it reads, where it reads no others
	onlyBilled         bool     // only months of which there is a bill have rows
	moves              string   // the column whose days count as changed where a row came out otherwise
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
			madeBy := header(m.query, "made by")
			m.byCall, m.byFile = madeBy == "call", madeBy == "file"
			if column, isDay := strings.CutPrefix(madeBy, "day of "); isDay {
				m.day = column
			}
			if with := header(m.query, "changes with"); with != "" {
				m.changesWith = strings.Split(with, ", ")
			}
			m.onlyBilled = header(m.query, "only with") == "bills"
			m.moves = header(m.query, "moves days of")
			m.byMonth = header(m.query, "stored") != "whole" && (slices.Contains(m.key, "month") || madeBy != "")
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
