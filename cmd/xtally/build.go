package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
)

func newBuild(a *app) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Make calls, charges and marts of the months that changed",
		Long: `Makes the derived tables of every month that load touched, proves all keys and
checks, and publishes all of it or nothing (exit 3).
` + tablesHelp,
		Example: `  xtally build --db xtally.duckdb
  xtally build --db xtally.duckdb --prices prices.xlsx --numbers numbers.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			if err := t.LoadTables(cmd.Context(), a.settings.tables()); err != nil {
				return err
			}
			tables, err := t.InputTables(cmd.Context())
			if err != nil {
				return err
			}
			build := t.Build
			if all {
				build = t.Rebuild
			}
			r, err := build(cmd.Context())
			if err != nil {
				return err
			}
			return a.showBuild(tables, r)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "make all months anew; gives the same rows")
	a.settings.addTableFlags(cmd.Flags())
	a.settings.addRuleFlags(cmd.Flags())
	return cmd
}

func (a *app) showBuild(tables []xtally.InputTable, r xtally.BuildResult) error {
	if a.settings.json {
		return a.printJSON(builtJSON{buildAsJSON(r), tables})
	}
	a.showTables(tables)
	fmt.Fprintln(a.out, buildLine(r))
	a.showAdjustments(r.Adjustments)
	return nil
}

func buildLine(r xtally.BuildResult) string {
	if len(r.Months) == 0 && !r.Undated && r.Checks == 0 {
		return "built nothing: no month has changed"
	}
	var names []string
	for _, m := range r.Months {
		names = append(names, m.String())
	}
	if r.Undated {
		names = append(names, "calls without any time")
	}
	if len(names) == 0 {
		names = append(names, "no month: nothing loaded belongs to one")
	}
	return fmt.Sprintf("built %s; %d keys and checks hold (%.1f s)", strings.Join(names, ", "), r.Checks, r.Duration.Seconds())
}

// showAdjustments prints what the build found in closed months.
func (a *app) showAdjustments(found []xtally.Adjustment) {
	for _, f := range found {
		fmt.Fprintf(a.out, "%s is closed and stays as it is: %s, %s CNY (report adjustments)\n",
			f.Month, count(f.Lines, "adjustment line"), signed(f.TotalCNY))
	}
}

// showTables prints one line per table that was read.
func (a *app) showTables(tables []xtally.InputTable) {
	for _, t := range tables {
		fmt.Fprintf(a.out, "%s %s: %s\n", t.Name, t.File, count(t.Rows, "row"))
	}
}
