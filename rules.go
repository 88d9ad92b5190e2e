package xtally

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Rules are the rules of money that the vendor leaves open or changes now and
// then. An empty field means the default. Another rule makes all months anew.
type Rules struct {
	// SettleBy is the moment of a call that decides its settlement hour and
	// month: "end" (default) or "answer". Not documented by the vendor.
	SettleBy string
	// SplitRule says who uses a package's minutes in an hour it covers only in
	// part: "proportional" (default) shares them by minutes, "first_come"
	// gives them to the calls that ended first. The account pays the same.
	SplitRule string
	// ZeroSecondMin is the minutes of an answered call of 0 seconds: 0
	// (default) or 1. Not documented by the vendor.
	ZeroSecondMin int
	// ComplaintLimitPct is the monthly complaint rate in percent that must not
	// be reached: 0.01 (usage rules, 封禁规则).
	ComplaintLimitPct string
	// ComplaintLimitFAQPct is the older limit of the FAQ in percent: 0.05.
	ComplaintLimitFAQPct string
	// BillToleranceCNY is how much of a month's bill may be without a reason
	// before Run says so: 0.01.
	BillToleranceCNY string
}

// WithRules sets the rules of money. Default: those of [Rules].
func WithRules(r Rules) Option {
	return func(o *options) error {
		o.rules = r.withDefaults()
		return o.rules.check()
	}
}

func (r Rules) withDefaults() Rules {
	for field, value := range map[*string]string{
		&r.SettleBy:             "end",
		&r.SplitRule:            "proportional",
		&r.ComplaintLimitPct:    "0.01",
		&r.ComplaintLimitFAQPct: "0.05",
		&r.BillToleranceCNY:     "0.01",
	} {
		if *field == "" {
			*field = value
		}
	}
	return r
}

// percentText is a percentage with up to four decimals.
var percentText = regexp.MustCompile(`^[0-9]{1,2}(\.[0-9]{1,4})?$`)

// moneyText is an amount in CNY, to the fen.
var moneyText = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,2})?$`)

func (r Rules) check() error {
	switch {
	case r.SettleBy != "end" && r.SettleBy != "answer":
		return fmt.Errorf("settle_by %q: want end or answer", r.SettleBy)
	case r.SplitRule != "proportional" && r.SplitRule != "first_come":
		return fmt.Errorf("split_rule %q: want proportional or first_come", r.SplitRule)
	case r.ZeroSecondMin != 0 && r.ZeroSecondMin != 1:
		return fmt.Errorf("zero_second_min %d: want 0 or 1", r.ZeroSecondMin)
	}
	for name, limit := range map[string]string{"complaint_limit_pct": r.ComplaintLimitPct, "complaint_limit_faq_pct": r.ComplaintLimitFAQPct} {
		if !percentText.MatchString(limit) {
			return fmt.Errorf("%s %q: want a percentage such as 0.01", name, limit)
		}
	}
	if !moneyText.MatchString(r.BillToleranceCNY) {
		return fmt.Errorf("bill_tolerance_cny %q: want an amount such as 0.01", r.BillToleranceCNY)
	}
	return nil
}

// named lists the rules as the database names them.
func (r Rules) named() [][2]string {
	return [][2]string{
		{"settle_by", r.SettleBy},
		{"split_rule", r.SplitRule},
		{"zero_second_min", strconv.Itoa(r.ZeroSecondMin)},
		{"complaint_limit_pct", r.ComplaintLimitPct},
		{"complaint_limit_faq_pct", r.ComplaintLimitFAQPct},
		{"bill_tolerance_cny", r.BillToleranceCNY},
	}
}

// writeRules puts the rules where the models read them, and the month there is.
func (b *builder) writeRules(ctx context.Context) error {
	rows := []string{"('current_month', " + quote(b.currentMonth()) + ")"}
	for _, r := range b.o.rules.named() {
		rows = append(rows, "("+quote(r[0])+", "+quote(r[1])+")")
	}
	return b.exec(ctx, "delete from raw.settings", "insert into raw.settings values "+strings.Join(rows, ", "))
}
