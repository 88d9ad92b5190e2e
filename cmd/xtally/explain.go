package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
)

func newExplain(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain CALL",
		Short: "Tell one call's whole story",
		Long: `Shows for a record id (icid), session id or call_id: the file and line, every
copy and what became of it, the times in UTC and Beijing, why this X number, the
minutes, the row of the price table, what the hour of the account came to, the
packages it drew on, the call's share, and the sums it is in. A call whose record
never came is told from its events. Numbers of people are not shown.`,
		Example: "  xtally explain --db xtally.duckdb 0ec0bfda18bcc11b5511564f436d288e.3757236187.100000183.9",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("want one record id or session id; see %s --help", cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			stories, err := t.Explain(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if len(stories) == 0 {
				return errors.New("explain: no record has this icid or session id; check it, or load its archive first (of a pruned month, into another database)") // the id may hold numbers of people
			}
			return a.showExplained(stories)
		},
	}
}

// sectionTitles head the sections of a call's story.
var sectionTitles = map[string]string{
	"call":     "THE CALL",
	"session":  "A CALL WITHOUT A RECORD",
	"copies":   "RECORDS DELIVERED",
	"times":    "TIMES",
	"charge":   "MINUTES AND CHARGE",
	"hour":     "THE ACCOUNT'S SETTLEMENT HOUR",
	"packages": "PACKAGES DRAWN ON IN THAT HOUR",
	"sums":     "SUMS IT IS PART OF",
	"events":   "EVENTS OF THE SESSION",
}

// showExplained prints each story on a page of its own: facts one a line,
// lists as tables.
func (a *app) showExplained(stories []xtally.Explained) error {
	if a.settings.json {
		return a.printJSON(storiesAsJSON(stories))
	}
	for i, story := range stories {
		if i > 0 {
			fmt.Fprintln(a.out, "\n"+strings.Repeat("=", 60)+"\n")
		}
		for j, s := range story.Sections {
			if j > 0 {
				fmt.Fprintln(a.out)
			}
			fmt.Fprintln(a.out, sectionTitles[s.Name])
			show := a.showSection
			if s.IsList {
				show = a.showList
			}
			if err := show(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// showSection prints what is known, a fact a line.
func (a *app) showSection(s xtally.ExplainedSection) error {
	for _, row := range s.Rows {
		for i, value := range row {
			if text := shown(value); text != "" {
				fmt.Fprintf(a.out, "  %-26s %s\n", spoken(s.Columns[i]), text)
			}
		}
	}
	return nil
}

// showList prints a table, without the columns that say nothing in any row.
func (a *app) showList(s xtally.ExplainedSection) error {
	told := make([]bool, len(s.Columns))
	for _, row := range s.Rows {
		for i, value := range row {
			told[i] = told[i] || shown(value) != ""
		}
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	line := func(cell func(i int) string) {
		var cells []string
		for i := range s.Columns {
			if told[i] {
				cells = append(cells, cell(i))
			}
		}
		fmt.Fprintln(w, "  "+strings.Join(cells, "\t"))
	}
	line(func(i int) string { return spoken(s.Columns[i]) })
	for _, row := range s.Rows {
		line(func(i int) string { return shown(row[i]) })
	}
	return w.Flush()
}

// spoken turns a column's name into words: package_min into "package minutes".
func spoken(name string) string {
	for _, e := range [...][2]string{
		{"_min", " minutes"}, {"_cny", " CNY"}, {"_s", " seconds"}, {"_count", "s"},
		{"_beijing", ", Beijing"}, {"beijing", "Beijing"}, {"utc", "UTC"}, {"x_number", "X number"}, {"q850_code", "Q.850 code"}, {"sip_code", "SIP code"},
	} {
		if base, ok := strings.CutSuffix(name, e[0]); ok {
			name = base + e[1]
			break
		}
	}
	return strings.ReplaceAll(name, "_", " ")
}

// shown is a value as people read it.
func shown(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "yes"
		}
		return "no"
	}
	return fmt.Sprint(value)
}

// storiesAsJSON gives each story as an object of its sections: lists of
// objects where there can be several rows, else one object.
func storiesAsJSON(stories []xtally.Explained) []map[string]any {
	all := []map[string]any{}
	for _, story := range stories {
		sections := map[string]any{}
		for _, s := range story.Sections {
			rows := []map[string]any{}
			for _, row := range s.Rows {
				facts := map[string]any{}
				for i, value := range row {
					facts[s.Columns[i]] = value
				}
				rows = append(rows, facts)
			}
			sections[s.Name] = rows
			if !s.IsList {
				sections[s.Name] = rows[0]
			}
		}
		all = append(all, sections)
	}
	return all
}
