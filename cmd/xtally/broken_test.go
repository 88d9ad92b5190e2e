//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDamagedDatabase damages the file in ways a failing disk does. Every command says
// so on one line and what to do, nothing panics, and with a backup in its place the
// same run gives the same reports.
func TestDamagedDatabase(t *testing.T) {
	unraced(t)
	demo := demoArchive(t)
	dir := t.TempDir()
	xtally := func(args ...string) (string, error) {
		cmd := exec.Command("xtally", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	must := func(args ...string) {
		t.Helper()
		if out, err := xtally(args...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	run := []string{"run", "--archive", demo, "--month", "2026-10", "--format", "csv", "--out", "out"}
	must(run...)
	want := reportsUnder(t, dir)
	must("backup", "--to", "backup.duckdb")
	db := filepath.Join(dir, "xtally.duckdb")
	whole, err := os.ReadFile(filepath.Join(dir, "backup.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func([]byte) []byte{
		"half of it is gone":     func(b []byte) []byte { return b[:len(b)/2] },
		"its last block is gone": func(b []byte) []byte { return b[:len(b)-100_000] },
		"its header is rubbish":  func(b []byte) []byte { return append(bytes.Repeat([]byte{0xa5}, 4096), b[4096:]...) },
		"its second header, too": func(b []byte) []byte {
			return append(append([]byte{}, b[:4096]...), append(bytes.Repeat([]byte{0xa5}, 8192), b[12288:]...)...)
		},
		"a stretch of it is zeros": func(b []byte) []byte {
			return append(append([]byte{}, b[:len(b)/4]...), append(make([]byte, len(b)/2), b[len(b)*3/4:]...)...)
		},
		"every thousandth byte flips": func(b []byte) []byte {
			b = append([]byte{}, b...)
			for i := 12288; i < len(b); i += 1000 {
				b[i] ^= 0xff
			}
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(db, damage(whole), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"status"}, {"build", "--all"}} {
				out, err := xtally(args...)
				if err == nil && args[0] == "status" {
					continue // it did not come upon the place
				}
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != exitError {
					t.Errorf("%v ended with %v", args, err)
				}
				if last := out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]; !strings.HasPrefix(last, "xtally: ") || !strings.Contains(last, "damaged: put a backup in its place") && !strings.Contains(last, "not a DuckDB database; choose another --db") {
					t.Errorf("%v says %s", args, out)
				}
			}
		})
	}
	if err := os.WriteFile(db, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	must(run...)
	sameReports(t, dir, want, "the backup was put back")
}

// The database's advice is for those who write its SQL; ours is for those who run xtally.
func TestWordsOfTheDatabase(t *testing.T) {
	var b bytes.Buffer
	printError(&b, errors.New("build calls.calls: Out of Memory Error: failed to pin block of size 256.0 KiB (19.0 MiB/19.0 MiB used)\n\nPossible solutions:\n* Reducing the number of threads (SET threads=X)\n"))
	want := "xtally: build calls.calls: Out of Memory Error: failed to pin block of size 256.0 KiB (19.0 MiB/19.0 MiB used); nothing was lost, raise --memory-limit and run again\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
