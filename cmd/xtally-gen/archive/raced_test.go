//go:build race

package archive_test

// raced tells that the race detector is on: tests that are about figures and bytes and
// not about goroutines leave most of their work to the run without it.
const raced = true
