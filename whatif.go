package xtally

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/xtally/xtally/ingest"
)

// Comparison is a month as charged by the last build beside what it would be
// charged with other tables. Money is decimal text in CNY, without the price of
// packages.
type Comparison struct {
	Month string          `json:"month"`
	Now   []InputTable    `json:"tables_now"`  // of the last build
	Then  []InputTable    `json:"tables_then"` // of the trial
	Apps  []AppComparison `json:"apps"`        // by difference, the largest first
	Total AppComparison   `json:"total"`
	// What packages in force in the month were bought for, in no total.
	PackagesNowCNY  string `json:"packages_now_cny"`
	PackagesThenCNY string `json:"packages_then_cny"`
}

// AppComparison is one app's charge now and with other tables.
type AppComparison struct {
	AppKey  string `json:"app_key"`
	NowCNY  string `json:"now_cny"`
	ThenCNY string `json:"then_cny"`
	DiffCNY string `json:"diff_cny"` // then less now
}

// WhatIf tells what a month would be charged with these tables, the way Build
// would charge it, and stores nothing. As with LoadTables, a table not named is
// none. It refuses while loaded months wait for Build, for their change would be
// taken for that of the tables. Of a closed month, now is what it was closed with.
// Checks and errors are those of LoadTables and Build.
func (t *Tally) WhatIf(ctx context.Context, tables Tables, month Month) (Comparison, error) {
	c := Comparison{Month: month.String()}
	if err := t.mustBeBuilt(ctx, "dry run"); err != nil {
		return c, err
	}
	if err := t.mustHaveRecords(ctx, c.Month, "it stays as it was closed, whatever the tables"); err != nil {
		return c, fmt.Errorf("dry run: %w", err)
	}
	tried := errors.New("tried out") // has the transaction rolled back
	err := t.transact(ctx, func() error {
		if err := t.tryOut(ctx, &c, tables, month.String()+"-01"); err != nil {
			return err
		}
		return tried
	})
	if !errors.Is(err, tried) {
		return c, err
	}
	return c, nil
}

// tryOut builds with other tables and compares, within a transaction.
func (t *Tally) tryOut(ctx context.Context, c *Comparison, tables Tables, first string) error {
	if err := t.summarize(ctx, "tables", first, &c.Now); err != nil {
		return err
	}
	if err := t.packagePrice(ctx, first, &c.PackagesNowCNY); err != nil {
		return err
	}
	err := t.exec(ctx, "create or replace temp table charged_before as select app_key, total_cny from marts.charges_by_app where month = date "+quote(first))
	if err != nil {
		return err
	}
	if err := ingest.ReplaceTables(ctx, t.conn, t.o.sql, t.temp, tables); err != nil {
		return err
	}
	if _, err := t.buildWithin(ctx, false); err != nil {
		return err
	}
	if err := t.summarize(ctx, "tables", first, &c.Then); err != nil {
		return err
	}
	if err := t.packagePrice(ctx, first, &c.PackagesThenCNY); err != nil {
		return err
	}
	if err := t.summarize(ctx, "comparison", first, &c.Apps); err != nil {
		return err
	}
	last := len(c.Apps) - 1
	c.Apps, c.Total = c.Apps[:last], c.Apps[last]
	return nil
}

// packagePrice reads what the packages in force in a month were bought for.
func (t *Tally) packagePrice(ctx context.Context, first string, into *string) error {
	return t.conn.QueryRowContext(ctx, `select cast(cast(coalesce(sum(price_cny), 0) as decimal(18, 2)) as varchar)
		from marts.packages where month = cast(? as date)`, first).Scan(into)
}

// mustBeBuilt refuses while something loaded or read is not built.
func (t *Tally) mustBeBuilt(ctx context.Context, what string) error {
	if _, err := t.builtWith(ctx, what); err != nil {
		return err
	}
	waiting, err := t.ToBuild(ctx)
	if err != nil {
		return err
	}
	if len(waiting) > 0 {
		return fmt.Errorf("%s: %s waits to be built; run xtally build first", what, strings.Join(waiting, ", "))
	}
	return nil
}
