package xtally

import (
	"errors"
	"fmt"
	"strings"

	"github.com/xtally/xtally/ingest"
)

// ErrLocked is returned by Open when another process has the database open.
var ErrLocked = errors.New("another process has it open")

// ErrTooNew is returned by Open when the database was written by a later
// version of xtally or DuckDB.
var ErrTooNew = errors.New("written by a newer version")

// ErrUnknownReport is returned for a report name that is not in the catalogue.
var ErrUnknownReport = errors.New("unknown report")

// ErrNotClosed is returned where a month must be closed and is not.
var ErrNotClosed = errors.New("the month is not closed; xtally status lists those that are")

// LoadError says which file could not be read and what to do about it.
type LoadError = ingest.Error

// ErrNoCallbacks is returned by Run when there is no callback in any file.
var ErrNoCallbacks = errors.New("no callbacks found")

// CheckError is a check or a key that did not hold. Nothing was published.
type CheckError struct {
	Check   string   // name of the check, or of the relation whose key broke
	Columns []string // of the offending rows
	Rows    [][]string
}

// Error names the check and shows the first offending rows.
func (e *CheckError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "check %s: %d rows or more offend; nothing was published\n  %s", e.Check, len(e.Rows), strings.Join(e.Columns, " | "))
	for _, r := range e.Rows {
		b.WriteString("\n  " + strings.Join(r, " | "))
	}
	return b.String()
}

// openError turns what DuckDB says on opening into words with a remedy. The
// driver has no typed errors for these.
func openError(path string, err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "lock on file"):
		return fmt.Errorf("open %s: %w; wait for it, or stop it%s", path, ErrLocked, lockHolder(text))
	case strings.Contains(text, "newer version") || strings.Contains(text, "version number"):
		return fmt.Errorf("open %s: %w of DuckDB; use the newer xtally", path, ErrTooNew)
	case strings.Contains(text, "not a valid DuckDB"):
		return fmt.Errorf("open %s: not a DuckDB database; choose another --db", path)
	case strings.Contains(text, "ermission denied"):
		return fmt.Errorf("open %s: permission denied; check the rights of the file and its folder", path)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// lockHolder finds the process in DuckDB's message, where it names one.
func lockHolder(text string) string {
	i := strings.Index(text, "PID ")
	if i < 0 {
		return ""
	}
	pid := text[i+4:]
	if j := strings.IndexFunc(pid, func(r rune) bool { return r < '0' || r > '9' }); j >= 0 {
		pid = pid[:j]
	}
	return " (process " + pid + ")"
}
