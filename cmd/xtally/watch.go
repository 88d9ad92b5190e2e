package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// watch tells when files under some paths are other than those a job last
// worked on. A bill that is still being copied is left to settle: its files
// must look the same in two looks, a minute apart.
type watch struct {
	paths []string
	known string // what the last run saw; empty when there was none
	last  string // what the last look saw
}

// changed is asked while the job is idle.
func (w *watch) changed() bool {
	now := w.look()
	settled := now == w.last
	w.last = now
	return settled && w.known != "" && now != w.known
}

// look is the hash of the names, sizes and times of all files.
func (w *watch) look() string {
	var files []string
	for _, p := range w.paths {
		found, err := filepath.Glob(p)
		if err != nil || len(found) == 0 {
			found = []string{p}
		}
		for _, root := range found {
			filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return nil //nolint:nilerr // what cannot be read is not there yet
				}
				if info, err := os.Stat(path); err == nil {
					files = append(files, fmt.Sprintln(path, info.Size(), info.ModTime().UnixNano()))
				}
				return nil
			})
		}
	}
	slices.Sort(files)
	h := sha256.New()
	for _, f := range slices.Compact(files) {
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
