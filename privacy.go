package xtally

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"
)

// leastKeyBytes is how long a key for the numbers of people must be: with a
// shorter one all numbers could be tried.
const leastKeyBytes = 16

// WithNumberKey sets the secret that the keyed hashes of people's numbers are made
// with (columns caller_key and callee_key). Databases with the same key give a
// number the same hash. Default: a random key made once and kept in the database.
func WithNumberKey(key []byte) Option {
	return func(o *options) error {
		if len(key) < leastKeyBytes {
			return fmt.Errorf("number key: %d bytes; want at least %d, such as the output of: openssl rand -hex 32", len(key), leastKeyBytes)
		}
		sum := sha256.Sum256(append([]byte("xtally number key\n"), key...))
		o.numberKey = hex.EncodeToString(sum[:])
		return nil
	}
}

// numberKey is the secret for hashes of people's numbers. It goes into queries only.
func (t *Tally) numberKey(ctx context.Context) (string, error) {
	if t.o.numberKey != "" {
		return t.o.numberKey, nil
	}
	key, err := t.meta(ctx, "number_key")
	if err != nil || key != "" {
		return key, err
	}
	b := make([]byte, sha256.Size)
	rand.Read(b) // never fails
	key = hex.EncodeToString(b)
	return key, t.setMeta(ctx, "number_key", key)
}

// disclose logs that numbers of people are about to be written in full.
func (t *Tally) disclose(ctx context.Context, what, period, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return errors.New("unmask: no reason; say why the numbers of people are needed in full")
	}
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	t.o.log.Warn("numbers of people are written in full", "what", what, "period", period, "os_user", name, "reason", reason)
	_, err := t.conn.ExecContext(ctx, "insert into raw.disclosures values (?, ?, ?, ?, ?)",
		t.o.now().UTC(), what, period, name, reason)
	return err
}

// Disclosure is one time the numbers of people were written out in full.
type Disclosure struct {
	At     time.Time `json:"at"` // UTC
	What   string    `json:"what"`
	Period string    `json:"period"` // of the report, such as 2026-10
	User   string    `json:"os_user"`
	Reason string    `json:"reason"`
}

// Disclosures lists when the numbers of people were written out in full, oldest first.
func (t *Tally) Disclosures(ctx context.Context) ([]Disclosure, error) {
	return collect(ctx, t, func(r *sql.Rows, d *Disclosure) error {
		return r.Scan(&d.At, &d.What, &d.Period, &d.User, &d.Reason)
	}, "select at_utc, what, period, os_user, reason from raw.disclosures order by at_utc, what, os_user")
}
