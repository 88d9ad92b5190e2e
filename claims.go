package xtally

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrUnknownClaim is returned for a claim that was never opened.
var ErrUnknownClaim = errors.New("unknown claim")

// ClaimStates are the states a claim can have; the first is where it begins.
func ClaimStates() []string { return []string{"open", "accepted", "rejected", "withdrawn"} }

// Claim is money on the vendor's bill that cannot be shown here and that the
// vendor is to answer for. Times are Beijing wall clock, money is decimal text
// in CNY. The id keeps when figures change.
type Claim struct {
	ID         string `json:"claim_id"`
	Month      string `json:"month"`
	Item       string `json:"item"`
	Reason     string `json:"reason"`
	State      string `json:"state"`
	StateAt    string `json:"state_at"`
	OpenedAt   string `json:"opened_at"`
	OpenedCNY  string `json:"opened_cny"`
	ClaimedCNY string `json:"claimed_cny"` // by what is known now; 0.00 when it has gone
	Note       string `json:"note"`
	AgeDays    int64  `json:"age_days"`
	AgeMonths  int64  `json:"age_months"` // from the bill month to this one
}

// Claims lists all claims, open ones first, by id.
func (t *Tally) Claims(ctx context.Context) ([]Claim, error) {
	if built, err := t.meta(ctx, "built_with"); err != nil || built == "" {
		return nil, errors.Join(err, errors.New("claims: nothing is built yet; run xtally build first"))
	}
	all := []Claim{}
	if err := t.summarize(ctx, "claims", "", &all); err != nil {
		return nil, err
	}
	now := t.o.now().In(beijing)
	for i, c := range all {
		opened, err := time.ParseInLocation(time.DateTime, c.OpenedAt, beijing)
		if err != nil {
			return nil, err
		}
		month, err := ParseMonth(c.Month, now)
		if err != nil {
			return nil, err
		}
		all[i].AgeDays = int64(now.Sub(opened) / (24 * time.Hour))
		all[i].AgeMonths = int64((now.Year()-month.first.Year())*12) + int64(now.Month()) - int64(month.first.Month())
	}
	return all, nil
}

// SetClaim notes what became of a claim. It returns [ErrUnknownClaim] for an id
// that was never opened. The change is kept with its time; none is ever lost.
func (t *Tally) SetClaim(ctx context.Context, id, state, note string) (Claim, error) {
	if !slices.Contains(ClaimStates(), state) {
		return Claim{}, fmt.Errorf("claim %s: state %q: want %s", id, state, strings.Join(ClaimStates(), ", "))
	}
	var n int64
	if err := t.conn.QueryRowContext(ctx, "select count(*) from raw.claims where claim_id = ?", id).Scan(&n); err != nil {
		return Claim{}, err
	}
	if n == 0 {
		return Claim{}, fmt.Errorf("claim %s: %w; xtally claim lists those there are", id, ErrUnknownClaim)
	}
	_, err := t.conn.ExecContext(ctx, `insert into raw.claim_states
		select $1, coalesce(max(change_no), 0) + 1, $2, cast($3 as timestamp), $4 from raw.claim_states where claim_id = $1`, id, state, t.now(), note)
	if err != nil {
		return Claim{}, fmt.Errorf("claim %s: %w", id, err)
	}
	t.o.log.Info("claim", "id", id, "state", state, "note", note)
	all, err := t.Claims(ctx)
	if err != nil {
		return Claim{}, err
	}
	return all[slices.IndexFunc(all, func(c Claim) bool { return c.ID == id })], nil
}

// openClaims opens the claims that this build finds for the first time.
func (b *builder) openClaims(ctx context.Context) error {
	q, err := b.o.readSQL("closing/claims.sql")
	if err != nil {
		return err
	}
	_, err = b.conn.ExecContext(ctx, "insert into raw.claims by name select *, timestamp "+quote(b.now())+" as opened_at from ("+q+") where "+among(b.charged))
	if err != nil {
		return fmt.Errorf("build claims: %w", err)
	}
	return nil
}
