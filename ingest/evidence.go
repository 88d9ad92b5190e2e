package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
)

// Place is where a body stands in an archive: the file as the ledger names it, the
// member of the source on disk that it is (empty when it is the source), the hash
// and size of the source, and the body's first line.
type Place struct {
	File, Member, SHA256 string
	Size, Line           int64
}

// FindBodies looks bodies up in the archive again and calls emit for each, file
// by file in the order of lines. A source is known by the hash of its bytes; the
// files of those that are not under paths, or are other now, are returned as
// missing. The body is good until emit returns.
func FindBodies(ctx context.Context, paths []string, places []Place, emit func(p Place, body []byte) error) (missing []string, err error) {
	bySource := map[string][]Place{}
	sizes := map[int64]bool{}
	for _, p := range places {
		bySource[p.SHA256] = append(bySource[p.SHA256], p)
		sizes[p.Size] = true
	}
	inputs, err := discover(paths, nil)
	if err != nil && !errors.Is(err, ErrNoFiles) {
		return nil, err
	}
	for _, in := range inputs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !sizes[in.size] {
			continue
		}
		wanted, sum, err := wantedIn(in, bySource)
		if err != nil {
			return nil, err
		}
		if len(wanted) == 0 {
			continue
		}
		delete(bySource, sum)
		if err := bodiesIn(in, wanted, emit); err != nil {
			return nil, err
		}
	}
	seen := map[string]bool{}
	for _, p := range places {
		if _, isLeft := bySource[p.SHA256]; isLeft && !seen[p.File] {
			seen[p.File] = true
			missing = append(missing, p.File)
		}
	}
	return missing, nil
}

// wantedIn tells what is wanted of a source, by its hash.
func wantedIn(in input, bySource map[string][]Place) ([]Place, string, error) {
	f, err := os.Open(in.path)
	if err != nil {
		return nil, "", &Error{in.name, reason(err)}
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, "", &Error{in.name, reason(err)}
	}
	sum := hexSum(h)
	return bySource[sum], sum, nil
}

// bodiesIn frames a source as the load did, and emits the bodies wanted.
func bodiesIn(in input, wanted []Place, emit func(Place, []byte) error) error {
	f, err := os.Open(in.path)
	if err != nil {
		return &Error{in.name, reason(err)}
	}
	defer f.Close()
	return openContainer(f, in.size, func(member string, r io.Reader) error {
		lines := map[int64]Place{}
		for _, p := range wanted {
			if p.Member == member {
				lines[p.Line] = p
			}
		}
		if len(lines) == 0 {
			_, err := io.Copy(io.Discard, r)
			return ignoreDamage(err)
		}
		_, err := frames(r, func(fr frame) error {
			p, ok := lines[fr.line]
			if !ok || fr.problem != "" {
				return nil
			}
			return emit(p, fr.body)
		})
		return err
	})
}

// ignoreDamage passes over what the load has told of already.
func ignoreDamage(err error) error {
	var d *damage
	if errors.As(err, &d) {
		return nil
	}
	return err
}
