package xtally

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xtally/xtally/ingest"
	"github.com/xtally/xtally/reports/mail"
)

// Option changes how a Tally works.
type Option func(*options) error

type options struct {
	sql         fs.FS
	log         *slog.Logger
	now         func() time.Time
	memoryLimit int64
	progress    func(Progress)
	rules       Rules
	alerts      AlertRules
	db          *sql.DB
	sender      mail.Sender
	mailRetry   []time.Duration
	store       ObjectStore
	numberKey   string // hex; empty: the database's own
}

// Progress says how far a load is.
type Progress = ingest.Progress

func newOptions(opts []Option) (options, error) {
	models, err := fs.Sub(embedded, "sql")
	if err != nil {
		return options{}, err
	}
	o := options{
		sql:      models,
		log:      slog.New(slog.DiscardHandler),
		now:      time.Now,
		progress: func(Progress) {},
		rules:    Rules{}.withDefaults(),
		alerts:   AlertRules{}.withDefaults(),
	}
	for _, opt := range opts {
		if err := opt(&o); err != nil {
			return options{}, err
		}
	}
	return o, nil
}

// WithLogger sends what happens to a logger. Default: nothing is logged.
func WithLogger(log *slog.Logger) Option {
	return func(o *options) error {
		o.log = log
		return nil
	}
}

// WithClock replaces the clock, for tests and for hosts with their own time.
// Default: time.Now.
func WithClock(now func() time.Time) Option {
	return func(o *options) error {
		o.now = now
		return nil
	}
}

// WithSQL replaces the embedded sql folder, for a host that changes a model.
func WithSQL(models fs.FS) Option {
	return func(o *options) error {
		if _, err := fs.Stat(models, "macros.sql"); err != nil {
			return fmt.Errorf("sql folder: %w", err)
		}
		o.sql = models
		return nil
	}
}

// WithMemoryLimit bounds DuckDB's memory in bytes; what needs more is spilled
// to disk. Default: a quarter of the machine, at most 1250 MB.
func WithMemoryLimit(bytes int64) Option {
	return func(o *options) error {
		if bytes < 256e6 {
			return fmt.Errorf("memory limit %d bytes: want at least 256MB", bytes)
		}
		o.memoryLimit = bytes
		return nil
	}
}

// WithProgress is told now and then how far a load is, from a goroutine of
// its own but never after Load has returned. Default: nobody is told.
func WithProgress(f func(Progress)) Option {
	return func(o *options) error {
		o.progress = f
		return nil
	}
}

// WithDB has the database attached to a DuckDB that the host has open, under
// the name xtally, so that the host can read xtally.marts.charges_by_app and
// join it with its own tables. Close detaches it and leaves db open; limits of
// the host's DuckDB stay as they are. Default: a DuckDB of its own.
func WithDB(db *sql.DB) Option {
	return func(o *options) error {
		if db == nil {
			return errors.New("database: nil")
		}
		o.db = db
		return nil
	}
}

// WithMailer sets who sends mails, and how long to wait before each further
// try within one run. Default: nobody, and tasks with recipients are refused.
func WithMailer(sender mail.Sender, retry ...time.Duration) Option {
	return func(o *options) error {
		o.sender, o.mailRetry = sender, retry
		return nil
	}
}

var byteUnits = map[string]int64{
	"": 1, "b": 1,
	"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
}

var bytesText = regexp.MustCompile(`^([0-9]+)(?:\.([0-9]))?[0-9]* *([a-zA-Z]*)$`)

// ParseBytes reads a size such as 1500MB, 2GB or 1.5 GiB.
func ParseBytes(text string) (int64, error) {
	m := bytesText.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, fmt.Errorf("size %q: want a number and a unit, such as 1500MB or 2GB", text)
	}
	unit, ok := byteUnits[strings.ToLower(m[3])]
	n, err := strconv.ParseInt(m[1], 10, 40)
	if !ok || err != nil {
		return 0, fmt.Errorf("size %q: want a number and a unit, such as 1500MB or 2GB", text)
	}
	size := n * unit
	if m[2] != "" {
		size += unit * int64(m[2][0]-'0') / 10
	}
	return size, nil
}

// readSQL reads a file of the sql folder.
func (o options) readSQL(name string) (string, error) {
	b, err := fs.ReadFile(o.sql, name)
	return string(b), err
}
