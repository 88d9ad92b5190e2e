package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/xtally/xtally"
)

// dryRun prints what the month would be charged with the tables given.
func (a *app) dryRun(ctx context.Context, month xtally.Month) error {
	t, err := a.existing(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	c, err := t.WhatIf(ctx, a.settings.tables(), month)
	if err != nil {
		return err
	}
	return a.showComparison(c)
}

// showComparison prints the tables of both sides, then a line an app.
func (a *app) showComparison(c xtally.Comparison) error {
	if a.settings.json {
		return a.printJSON(c)
	}
	fmt.Fprintf(a.out, "dry run: nothing is loaded, stored or reported\nnow:  %s\nthen: %s\n", tableNames(c.Now), tableNames(c.Then))
	for _, t := range c.Now {
		gone := !slices.ContainsFunc(c.Then, func(then xtally.InputTable) bool { return then.Name == t.Name })
		if gone {
			fmt.Fprintf(a.out, "note: without --%s the table %s of the last build holds no longer\n", t.Name, t.File)
		}
	}
	fmt.Fprintf(a.out, "\n%s (CNY, rent included, without the price of packages)\n", c.Month)
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "app_key\tnow\tthen\tdifference\t")
	for _, app := range c.Apps {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t\n", app.AppKey, app.NowCNY, app.ThenCNY, signed(app.DiffCNY))
	}
	fmt.Fprintf(w, "total\t%s\t%s\t%s\t\n", c.Total.NowCNY, c.Total.ThenCNY, signed(c.Total.DiffCNY))
	if err := w.Flush(); err != nil {
		return err
	}
	if c.PackagesNowCNY != c.PackagesThenCNY {
		fmt.Fprintf(a.out, "packages in force were bought for %s CNY now, %s CNY then\n", c.PackagesNowCNY, c.PackagesThenCNY)
	}
	return nil
}

// tableNames lists tables with what the first bytes of their hashes are, since
// two files can bear one name.
func tableNames(tables []xtally.InputTable) string {
	names := []string{}
	for _, t := range tables {
		names = append(names, fmt.Sprintf("%s %s (%.8s)", t.Name, t.File, t.SHA256))
	}
	if len(names) == 0 {
		return "list prices, no tables"
	}
	return strings.Join(names, ", ")
}

// signed puts a plus before an amount that is more than nothing.
func signed(amount string) string {
	if strings.HasPrefix(amount, "-") || strings.Trim(amount, "0.") == "" {
		return amount
	}
	return "+" + amount
}
