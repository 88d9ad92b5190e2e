package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

func newClaim(a *app) *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use:   "claim [ID accepted|rejected|withdrawn|open]",
		Short: "List the claims against the vendor, or note what became of one",
		Long: `A claim is money on the final bill that cannot be shown here, for a reason the
vendor is to answer. The build opens it; its id stays when figures change. Without
arguments claims are listed with their age; with an id and a state the vendor's
answer is noted, with its time. No change is ever lost.`,
		Example: `  xtally claim
  xtally claim 2026-10.call.price accepted --note "credited on 20 November"`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) == 2 && slices.Contains(xtally.ClaimStates(), args[1]) {
				return nil
			}
			return usageError{fmt.Errorf("want nothing, or a claim and one of %s; see %s --help", strings.Join(xtally.ClaimStates(), ", "), cmd.CommandPath())}
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			if len(args) == 2 {
				c, err := t.SetClaim(cmd.Context(), args[0], args[1], note)
				if err != nil {
					return err
				}
				if a.settings.json {
					return a.printJSON(c)
				}
				_, err = fmt.Fprintf(a.out, "claim %s is %s: %s CNY\n", c.ID, c.State, c.ClaimedCNY)
				return err
			}
			all, err := t.Claims(cmd.Context())
			if err != nil {
				return err
			}
			return a.showClaims(all)
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "`TEXT` to keep with the state")
	return cmd
}

func (a *app) showClaims(all []xtally.Claim) error {
	if a.settings.json {
		return a.printJSON(all)
	}
	if len(all) == 0 {
		fmt.Fprintln(a.out, "no claims: no final bill has more than can be shown")
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, c := range all {
		fmt.Fprintf(w, "%s\t%s\t%s CNY\t%s, %s\t%s\n", c.ID, c.State, c.ClaimedCNY,
			count(c.AgeDays, "day"), count(c.AgeMonths, "month"), c.Note)
	}
	return w.Flush()
}

func newDispute(a *app) *cobra.Command {
	var out string
	var unmask string
	cmd := &cobra.Command{
		Use:   "dispute MONTH --out FILE.zip",
		Short: "Pack a month's open claims with all that shows them",
		Long: `Writes a zip with the claims and the hours they are about, the bill's own rows, the
raw lines of the archive behind those hours, the rule and source of each reason, and
a manifest with hashes. Give --archive: raw lines are found again there, and files
that are not there or are other now are named. Numbers of people are masked unless
--unmask is given.`,
		Example: "  xtally dispute 2026-10 --archive /var/archive/callbacks --out dispute-2026-10.zip",
		Args:    oneMonth,
		RunE: func(cmd *cobra.Command, args []string) error {
			month, err := readMonth(args[0])
			if err != nil {
				return err
			}
			if !strings.HasSuffix(out, ".zip") {
				return usageError{errors.New("no file for the pack; give --out FILE.zip")}
			}
			if len(a.settings.Archive) == 0 {
				return errNoArchive
			}
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			d, err := t.Dispute(cmd.Context(), month, out, xtally.DisputeOptions{
				Archive: a.settings.Archive, Lang: reports.Lang(a.settings.Lang), Unmask: unmask,
			})
			if err != nil {
				return err
			}
			for _, f := range d.Missing {
				fmt.Fprintf(a.err, "xtally: note: %s is not in the archive as it was loaded; its lines are not in the pack\n", f)
			}
			if a.settings.json {
				return a.printJSON(d)
			}
			_, err = fmt.Fprintf(a.out, "%s: %s, %s of the archive, %s\n", d.File, count(len(d.Claims), "claim"), count(d.Lines, "line"), count(len(d.Members)+1, "file"))
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`FILE.zip` to write")
	a.settings.addArchiveFlag(cmd.Flags())
	cmd.Flags().StringVar(&a.settings.Lang, "lang", "zh", "`LANGUAGE` of the workbook: zh, en or both")
	cmd.Flags().StringVar(&unmask, "unmask", "", "show the numbers of people in full, for this `REASON`, which is logged")
	return cmd
}
