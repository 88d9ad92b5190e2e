package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newBackup(a *app) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "backup --to FILE",
		Short: "Copy the database, as it is at one moment",
		Long: `Copies the database into a file that is not there yet, counts every table in it and
then gives it its name. It may run while xtally schedule does, which has the database
open only while a job runs: with --wait it waits for that. To restore, put the file in
the database's place and remove the .wal file beside it, if there is one: it holds what a
killed process did to the old database, and would be done to the new.`,
		Example: "  xtally backup --db xtally.duckdb --to backup-2026-11-01.duckdb --wait 10m",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return usageError{fmt.Errorf("no file; give --to FILE")}
			}
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			bytes, err := t.Backup(cmd.Context(), to)
			if err != nil {
				return err
			}
			if a.settings.json {
				return a.printJSON(map[string]any{"file": to, "bytes": bytes})
			}
			_, err = fmt.Fprintf(a.out, "%s: %.1f MB, every table counted\n", to, float64(bytes)/1e6)
			return err
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "`FILE` to write")
	return cmd
}
