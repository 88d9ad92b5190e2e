package reports

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Stage is a hidden folder beside a file or folder to be, in which all of it is
// written before it is renamed into place, so that a reader never meets half of
// it. Its maker closes it.
type Stage struct {
	Dir  string
	lock *flock.Flock
}

const (
	stageLock = ".lock"
	// A folder without a lock may be one made this instant by another process.
	stageIsYoung = time.Hour
)

// NewStage makes a stage for target, whose folder exists. It removes the stages of
// the same target that a killed process left: each is locked while its process lives.
func NewStage(target string) (*Stage, error) {
	pattern := "." + filepath.Base(target) + "-"
	if err := sweepStages(filepath.Dir(target), pattern); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(target), pattern)
	if err != nil {
		return nil, err
	}
	s := &Stage{dir, flock.New(filepath.Join(dir, stageLock))}
	if err := s.lock.Lock(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Path is where to write the file name before it is published.
func (s *Stage) Path(name string) string { return filepath.Join(s.Dir, name) }

// Publish renames files into the folder dir. Only a failing rename can leave some of
// them new and some old, each of them whole.
func (s *Stage) Publish(dir string, files []File) error {
	for _, f := range files {
		if err := os.Rename(s.Path(f.Name), filepath.Join(dir, f.Name)); err != nil {
			return err
		}
	}
	return nil
}

// Close removes the stage with what was not renamed out of it.
func (s *Stage) Close() error {
	return errors.Join(s.lock.Close(), os.RemoveAll(s.Dir))
}

func sweepStages(parent, pattern string) error {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !isStage(e.Name(), pattern) {
			continue
		}
		if err := sweepStage(filepath.Join(parent, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// isStage tells whether a folder has the name MkdirTemp gives: the pattern, then digits.
func isStage(name, pattern string) bool {
	if len(name) <= len(pattern) || name[:len(pattern)] != pattern {
		return false
	}
	for _, r := range name[len(pattern):] {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

func sweepStage(dir string) error {
	_, err := os.Stat(filepath.Join(dir, stageLock))
	if errors.Is(err, os.ErrNotExist) {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < stageIsYoung {
			return ignoreGone(err)
		}
		return os.RemoveAll(dir)
	}
	if err != nil {
		return err
	}
	lock := flock.New(filepath.Join(dir, stageLock))
	free, err := lock.TryLock()
	if err != nil || !free {
		return ignoreGone(err)
	}
	return errors.Join(lock.Close(), os.RemoveAll(dir))
}

// ignoreGone passes over a stage that its own process has just removed.
func ignoreGone(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
