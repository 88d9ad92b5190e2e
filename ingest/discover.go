package ingest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// input is a file to read.
type input struct {
	path string // to open
	name string // to show: relative to the path given, with forward slashes
	size int64
	as   stamp  // what the system said of it when it was found
	url  string // where it was fetched from; empty for a file that lay on disk
}

// origin is where the file lies for good.
func (in input) origin() string {
	if in.url != "" {
		return in.url
	}
	return filepath.ToSlash(in.path)
}

// inputs lists the files under paths and those that were fetched.
func (o Options) inputs(paths []string) ([]input, error) {
	var all []input
	for _, f := range o.Fetched {
		all = append(all, input{path: f.Path, name: f.Name, size: f.Bytes, url: f.URL()})
	}
	if len(paths) == 0 && len(all) > 0 {
		return all, nil
	}
	found, err := discover(paths, o.Warn)
	if err != nil {
		return nil, err
	}
	return append(all, found...), nil
}

// discover lists the files under paths: files as they are, folders with all
// below them, globs. A file reached twice is listed once. Hidden files and
// links to folders are passed over with a word.
func discover(paths []string, warn func(msg, file string)) ([]input, error) {
	if warn == nil {
		warn = func(string, string) {}
	}
	var all []input
	for _, p := range paths {
		found, err := expand(p, warn)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	seen := map[string]bool{}
	all = slices.DeleteFunc(all, func(in input) bool {
		place := placeOf(in.path)
		was := seen[place]
		seen[place] = true
		return was
	})
	if len(all) == 0 {
		return nil, &Error{strings.Join(paths, ", "), fmt.Errorf("%w; give a file, a folder or a glob that holds callbacks", ErrNoFiles)}
	}
	return all, nil
}

// expand lists the files of one path. A path that exists is taken as it is,
// even with glob characters in its name.
func expand(path string, warn func(msg, file string)) ([]input, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return walk(path, warn)
	}
	if err == nil {
		if !info.Mode().IsRegular() {
			return nil, &Error{path, errors.New("not a regular file; a pipe or device has no size to read to, save it to a file first")}
		}
		return []input{{path: path, name: shown(filepath.Base(path)), size: info.Size(), as: stampOf(info)}}, nil
	}
	if !strings.ContainsAny(path, "*?[") {
		return nil, &Error{path, fmt.Errorf("%w; check the path", reason(err))}
	}
	matches, globErr := filepath.Glob(path)
	if globErr != nil {
		return nil, &Error{path, fmt.Errorf("bad glob: %w; quote it and check its brackets", globErr)}
	}
	if len(matches) == 0 {
		warn("no file matches", path)
	}
	root := globRoot(path)
	var all []input
	for _, m := range matches {
		if isHiddenMatch(path, m) {
			warn("hidden, passed over", m)
			continue
		}
		if info, err := os.Stat(m); err != nil || !info.IsDir() && !info.Mode().IsRegular() {
			warn("not a regular file, passed over", m)
			continue
		}
		found, err := expand(m, warn)
		if err != nil {
			return nil, err
		}
		for _, in := range found {
			if rel, err := filepath.Rel(root, in.path); err == nil {
				in.name = shown(filepath.ToSlash(rel))
			}
			all = append(all, in)
		}
	}
	return all, nil
}

// isHiddenMatch tells whether a wildcard stands for the dot of a hidden name.
// A shell would not let it.
func isHiddenMatch(glob, match string) bool {
	sep := string(filepath.Separator)
	globs, names := strings.Split(filepath.Clean(glob), sep), strings.Split(match, sep)
	if len(globs) != len(names) {
		return false
	}
	for i, name := range names {
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(globs[i], ".") {
			return true
		}
	}
	return false
}

// globRoot is the part of a glob before its first folder with a wildcard.
func globRoot(path string) string {
	dir := filepath.Dir(path)
	for strings.ContainsAny(dir, "*?[") {
		dir = filepath.Dir(dir)
	}
	return dir
}

func walk(root string, warn func(msg, file string)) ([]input, error) {
	var all []input
	err := filepath.WalkDir(root+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return &Error{path, fmt.Errorf("%w; check the rights of the folder", reason(err))}
		}
		if strings.HasPrefix(d.Name(), ".") && path != root+string(filepath.Separator) {
			warn("hidden, passed over", path)
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		info, err := os.Stat(path) // follows a link to a file
		if err != nil || !info.Mode().IsRegular() {
			warn("not a regular file, passed over", path)
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		all = append(all, input{path: path, name: shown(filepath.ToSlash(rel)), size: info.Size(), as: stampOf(info)})
		return nil
	})
	return all, err
}

// reason strips the path from an error that names it again.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
