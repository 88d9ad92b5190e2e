package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
)

func newClose(a *app) *cobra.Command {
	var o xtally.CloseOptions
	cmd := &cobra.Command{
		Use:   "close MONTH",
		Short: "Freeze a month that was settled",
		Long: `Closes a month as the last build left it. From then on its charges stay as they
are; late records and changed prices become dated lines of the report adjustments.
The report files of the moment are kept in the database, and report --as-closed
gives them back byte for byte. A month that is not over, or that something loaded
still waits to be built for, is refused. All of it is kept or nothing.`,
		Example: `  xtally close 2026-10
  xtally close last --note "paid on 5 November" --lang en --detail`,
		Args: oneMonth,
		RunE: func(cmd *cobra.Command, args []string) error {
			month, err := readMonth(args[0])
			if err != nil {
				return err
			}
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			o.Report = a.reportOptions()
			c, err := t.CloseMonth(cmd.Context(), month, o)
			if err != nil {
				return err
			}
			if a.settings.json {
				return a.printJSON(c)
			}
			_, err = fmt.Fprintf(a.out, "closed %s at %s CNY; %s kept (xtally report --month %s --as-closed writes them)\n",
				c.Month, c.TotalCNY, count(c.Files, "file"), c.Month)
			return err
		},
	}
	cmd.Flags().StringVar(&o.Note, "note", "", "`TEXT` to keep with the closing")
	cmd.Flags().BoolVar(&o.Force, "force", false, "close it though the month is not over")
	a.settings.addFileFlags(cmd.Flags())
	return cmd
}

func newReopen(a *app) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "reopen MONTH",
		Short: "Open a closed month again",
		Long: `Ends the closing of a month. The reason is required and stays on record with the
closing (xtally status shows it), and so do the files that were kept. The next build
shows the month as it is known then; close it anew when it is settled.`,
		Example: `  xtally reopen 2026-10 --reason "vendor issued a corrected bill"`,
		Args:    oneMonth,
		RunE: func(cmd *cobra.Command, args []string) error {
			month, err := readMonth(args[0])
			if err != nil {
				return err
			}
			if reason == "" {
				return usageError{fmt.Errorf("no reason; give --reason TEXT, which stays on record")}
			}
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			c, err := t.ReopenMonth(cmd.Context(), month, reason)
			if err != nil {
				return err
			}
			if a.settings.json {
				return a.printJSON(c)
			}
			_, err = fmt.Fprintf(a.out, "reopened %s, closed since %s; run xtally build to show it as it is known now\n", c.Month, c.ClosedAt)
			return err
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`TEXT` on why, which stays on record (required)")
	return cmd
}

// oneMonth wants one month as argument.
func oneMonth(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{fmt.Errorf("want one month; see %s --help", cmd.CommandPath())}
	}
	return nil
}

func readMonth(text string) (xtally.Month, error) {
	m, err := xtally.ParseMonth(text, time.Now())
	if err != nil {
		return m, usageError{err}
	}
	return m, nil
}
