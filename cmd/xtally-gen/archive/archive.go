// Package archive invents archives of privacy-number callbacks with a known
// answer, for tests, measurements and demonstrations.
//
// Write fills a folder with one bill month of call records, and if asked with
// call events, messages and number notices, in the forms and containers that
// archives have, with as much dirt as wanted. It counts what a loader must find
// while it writes and returns that as a Truth.
//
// Payload times are UTC, as the vendor delivers them. Months, days and hours of
// the truth are Beijing's, as the vendor bills them. The same Config gives the
// same bytes: there is no clock and no shared random source. All numbers,
// names and keys are invented.
package archive

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Write invents the archive of cfg in dir, which must be empty or missing, and
// writes its truth to cfg.TruthDir if that is set. Memory stays at a few files,
// whatever the number of calls. After an error dir holds part of an archive.
// Several Writes may run at once in different folders.
func Write(ctx context.Context, dir string, cfg Config) (*Truth, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	if err := checkDirs(dir, cfg.TruthDir); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	truth, err := write(ctx, dir, cfg)
	if err != nil {
		return nil, fmt.Errorf("archive: write %s: %w", dir, err)
	}
	if cfg.TruthDir == "" {
		return truth, nil
	}
	if err := truth.save(cfg.TruthDir); err != nil {
		return nil, fmt.Errorf("archive: write truth: %w", err)
	}
	return truth, nil
}

func write(ctx context.Context, dir string, cfg Config) (*Truth, error) {
	g, err := newGenerator(cfg)
	if err != nil {
		return nil, err
	}
	g.packer, err = newPacker(dir)
	if err != nil {
		return nil, err
	}
	err = g.run(ctx)
	if closeErr := g.packer.close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, err
	}
	return g.tally.finish(), nil
}

// The random streams. Each purpose has its own, so that for one seed the sums
// are the same whatever form, container or dirt the calls are written in.
const (
	streamFleet = iota + 1
	streamHours
	streamCalls
	streamSending
	streamLayout
	streamMessages
	streamVersions
)

func newGenerator(cfg Config) (*generator, error) {
	stream := func(n uint64) *rand.Rand { return rand.New(rand.NewPCG(cfg.Seed, n)) }
	fleet := newFleet(cfg, stream(streamFleet))
	line, err := newTimeline(cfg, stream(streamHours))
	if err != nil {
		return nil, err
	}
	g := &generator{
		cfg: cfg, line: line, fleet: fleet, tally: newTally(cfg, fleet),
		dialer:  dialer{fleet: fleet, causes: newCauseTable(), rng: stream(streamCalls), seed: cfg.Seed},
		encoder: encoder{fleet: fleet, seed: cfg.Seed},
		sending: stream(streamSending), layout: stream(streamLayout),
		messages: stream(streamMessages), versions: stream(streamVersions),
		late: make([][]entry, line.slots),
	}
	for k := range g.queue {
		g.queue[k] = make([][]body, line.slots)
		g.dirtQueue[k] = slices.Clone(dirtItems)
	}
	return g, nil
}
