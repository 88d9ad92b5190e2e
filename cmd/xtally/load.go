package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
)

func newLoad(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Load archives of callbacks into the database",
		Long: `Loads call records, call events, SMS notices and number status from files,
folders or globs: plain, .gz, .zst, .zip, .tar, .tar.gz, told by content and
not by name. Content that was loaded before, also under another name, is
skipped. It does not charge anything: build does.
` + billHelp,
		Example: `  xtally load --db xtally.duckdb --archive testdata/demo/in
  xtally load --db xtally.duckdb --bill bills`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(a.settings.Archive) == 0 && len(a.settings.Bill) == 0 {
				return errNoArchive
			}
			t, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			bills := []xtally.Bill{}
			if len(a.settings.Bill) > 0 {
				if bills, err = t.LoadBill(cmd.Context(), a.settings.Bill...); err != nil {
					return err
				}
			}
			if len(a.settings.Archive) == 0 {
				return a.showBills(bills)
			}
			r, err := t.Load(cmd.Context(), a.settings.Archive...)
			if err != nil {
				return err
			}
			books, err := t.Books(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.showLoad(bills, r, books); err != nil {
				return err
			}
			return errors.Join(append(r.Failed, a.noCallbacks(r))...)
		},
	}
	a.settings.addArchiveFlag(cmd.Flags())
	a.settings.addBillFlag(cmd.Flags())
	return cmd
}

var errNoArchive = usageError{errors.New("no archive; give --archive with a file, folder or glob of callbacks")}

// billHelp is the part of a command's help on bills.
const billHelp = `
The vendor's bill (csv, xlsx or zip, in Chinese or English) may be usage details,
transactions, resources or a statement; rows of other products are left out. Bills
add up in the database: a later or final one replaces the provisional one, and no
row is counted from two of them.`

// noCallbacks is the error of a load that found files but no callback in any.
func (a *app) noCallbacks(r xtally.LoadResult) error {
	if r.Known > 0 || len(r.Failed) > 0 {
		return nil
	}
	for _, f := range r.Files {
		if f.Bodies > 0 {
			return nil
		}
	}
	return fmt.Errorf("load %s: no callbacks in %s; check --archive (the report named rejects tells what was found instead)",
		strings.Join(a.settings.Archive, ", "), count(len(r.Files), "file"))
}

// showLoad prints what a load did: the books in two lines, then only the files
// a person should look at.
func (a *app) showLoad(bills []xtally.Bill, r xtally.LoadResult, books xtally.Books) error {
	j := loadAsJSON(r)
	j.Books = &books
	if a.settings.json {
		return a.printJSON(struct {
			loadJSON
			Bills []billJSON `json:"bills"`
		}{j, billsAsJSON(bills)})
	}
	a.printBills(bills)
	fmt.Fprintln(a.out, loadLine(r))
	if books.Records > 0 {
		fmt.Fprintf(a.out, "to build: %d call records = %d calls + %d duplicates + %d conflict losers + %d rejects\n",
			books.Records, books.Calls, books.Duplicates, books.ConflictLosers, books.Rejects)
	}
	for _, f := range j.Files {
		if note := fileNote(f); note != "" {
			fmt.Fprintf(a.out, "  %s: %s\n", f.Name, note)
		}
	}
	return nil
}

// fileNote is what a person should know of a file, empty when all is well.
func fileNote(f fileJSON) string {
	rejected := ""
	if f.Rejects > 0 {
		rejected = fmt.Sprintf("%d of %s rejected", f.Rejects, count(f.Lines, "line"))
	}
	switch {
	case f.Status == "known" && f.Name != f.KnownAs:
		return "already loaded as " + f.KnownAs
	case f.Status == "damaged" && f.Lines == 0:
		return "cannot be read; the report named rejects says why"
	case f.Status == "damaged" && rejected != "":
		return "damaged, read as far as it goes, " + rejected + "; fetch it again"
	case f.Status == "damaged":
		return "damaged, read as far as it goes; fetch it again"
	}
	return rejected
}

func loadLine(r xtally.LoadResult) string {
	if r.KnownObjects > 0 && r.Loaded == 0 && r.Known == 0 {
		return fmt.Sprintf("loaded nothing: %s of the store read before (%.1f s)", were(r.KnownObjects, "object"), r.Duration.Seconds())
	}
	if r.Loaded == 0 && r.Known > 0 {
		return fmt.Sprintf("loaded nothing: %s already loaded (%.1f s)", were(r.Known, "file"), r.Duration.Seconds())
	}
	var lines, bodies, events, messages, statuses, rejects int64
	for _, f := range r.Files {
		lines += f.Lines
		bodies += f.Bodies
		events += f.Events
		messages += f.Messages
		statuses += f.Statuses
		rejects += f.Rejects
	}
	s := fmt.Sprintf("loaded %s (members of archives counted): %s, %s, %s, %s, %s, %s, %d rejected",
		count(r.Loaded, "file"), count(lines, "line"), count(bodies, "callback"), count(r.Records, "call record"),
		count(events, "event"), count(messages, "SMS notice"), count(statuses, "status notice"), rejects)
	if r.Known > 0 {
		s += fmt.Sprintf("; %s already loaded", were(r.Known, "file"))
	}
	if r.KnownObjects > 0 {
		s += fmt.Sprintf("; %s of the store read before", were(r.KnownObjects, "object"))
	}
	if r.Grown > 0 {
		s += fmt.Sprintf("; %s read anew because more was behind it", were(r.Grown, "file"))
	}
	return s + fmt.Sprintf(" (%.1f s)", r.Duration.Seconds())
}

// showBills prints what a load of bills alone did.
func (a *app) showBills(bills []xtally.Bill) error {
	if a.settings.json {
		return a.printJSON(map[string]any{"bills": billsAsJSON(bills)})
	}
	a.printBills(bills)
	return nil
}

func (a *app) printBills(bills []xtally.Bill) {
	for _, b := range bills {
		fmt.Fprintf(a.out, "bill %s: %s\n", b.Name, billNote(b))
	}
}

func billNote(b xtally.Bill) string {
	if b.Status == "known" {
		if b.Name == b.Detail {
			return "already loaded"
		}
		return "already loaded as " + b.Detail
	}
	if b.PrivateRows == 0 {
		return fmt.Sprintf("%s, none of PrivateNumber", count(b.Rows, "row"))
	}
	issue := "provisional"
	if b.Final {
		issue = "final"
	}
	return fmt.Sprintf("%s, %d of PrivateNumber, %s left out; %s, %s", count(b.Rows, "row"), b.PrivateRows, count(b.OtherRows, "other"), issue, strings.Join(b.Months, ", "))
}
