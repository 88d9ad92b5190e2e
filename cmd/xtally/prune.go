package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newPrune(a *app) *cobra.Command {
	var before string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "prune --raw-before MONTH",
		Short: "Remove the call records of old, closed months",
		Long: `Removes the records, events, messages and notices of every month before MONTH, and
with them the numbers of people; what was summed up of those months stays, in every
report. They must be closed, with no claim open. They are never charged anew, not even after other tables
or settings, cannot be reopened, and what still comes of them is refused and counted
(reason month_pruned). Single calls of them are no longer listed or explained.

What has no month stays: records without any time, and the text of refused lines in
a file that also holds later calls, or none. So do the session ids of calls without
a record.

The file does not get smaller, but its space is used again; a copy made by xtally
backup is smaller, and holds nothing of what was removed.`,
		Example: `  xtally prune --raw-before 2025-11 --dry-run
  xtally prune --raw-before 2025-11`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if before == "" {
				return usageError{fmt.Errorf("no month; give --raw-before MONTH, the first whose records stay")}
			}
			month, err := readMonth(before)
			if err != nil {
				return err
			}
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			pruned, err := t.Prune(cmd.Context(), month, dryRun)
			if err != nil {
				return err
			}
			if a.settings.json {
				return a.printJSON(pruned)
			}
			verb := "pruned"
			if dryRun {
				verb = "would prune"
			}
			if len(pruned) == 0 {
				_, err = fmt.Fprintf(a.out, "nothing to prune before %s\n", month)
			}
			for _, m := range pruned {
				_, err = fmt.Fprintf(a.out, "%s %s: %s, %s, %s, %s\n", verb, m.Month,
					count(m.Records, "record"), count(m.Events, "event"), count(m.Messages, "message"), count(m.Statuses, "notice"))
			}
			return err
		},
	}
	cmd.Flags().StringVar(&before, "raw-before", "", "first `MONTH` whose records stay (required)")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "tell what would go, and change nothing")
	return cmd
}
