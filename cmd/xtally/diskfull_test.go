//go:build linux

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk that is full at some moment of the load, the build or the reports: a clear
// word, exit 1, no report by halves; with room again the next run makes the same files
// as one that always had it.
func TestDiskFull(t *testing.T) {
	unraced(t)
	demo := demoArchive(t)
	run := func(dir string) (string, error) {
		cmd := exec.Command("xtally", "run", "--archive", demo, "--month", "2026-10", "--out", "out", "--format", "csv,xlsx")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TMPDIR="+dir, "GORACE=atexit_sleep_ms=0")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	roomy := t.TempDir()
	if out, err := run(roomy); err != nil {
		t.Fatal(err, out)
	}
	want := reportsUnder(t, roomy)
	full := 0
	for _, size := range []string{"1m", "14m", "16m", "18m"} {
		t.Run(size, func(t *testing.T) {
			dir := t.TempDir()
			if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
				t.Skipf("no small disk to be had (%v)", err)
			}
			defer syscall.Unmount(dir, syscall.MNT_DETACH)
			out, err := run(dir)
			var exit *exec.ExitError
			if err != nil {
				full++
				t.Log(strings.TrimSpace(out))
			}
			switch {
			case err == nil: // it was enough after all
			case !errors.As(err, &exit) || exit.ExitCode() != exitError:
				t.Fatalf("%v\n%s", err, out)
			case !strings.Contains(out, "; free disk space there\n"):
				t.Errorf("does not say that the disk is full: %s", out)
			}
			if strings.Contains(out, "goroutine ") {
				t.Error(out)
			}
			whole, globErr := filepath.Glob(filepath.Join(dir, "out", "2026-10", "*"))
			if globErr != nil || err != nil && len(whole) > 0 && len(whole) < len(want) {
				t.Errorf("%d of %d reports are there", len(whole), len(want))
			}
			if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=200m"); err != nil {
				t.Fatal(err)
			}
			if out, err := run(dir); err != nil {
				t.Fatal(err, out)
			}
			sameReports(t, dir, want, "a full disk")
		})
	}
	if !t.Failed() && full == 0 && os.Geteuid() == 0 {
		t.Log("no disk was full: none could be made, or all were large enough")
	}
}
