package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A later bill runs the month once more, when it has arrived whole.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	w := &watch{paths: []string{filepath.Join(dir, "bills"), filepath.Join(dir, "*.csv")}}
	want := func(when string, changed ...bool) {
		t.Helper()
		for i, c := range changed {
			if got := w.changed(); got != c {
				t.Fatalf("%s, look %d: changed is %v, want %v", when, i+1, got, c)
			}
		}
	}
	write("old.csv", "1")
	want("a job that never ran", false, false)
	w.known = w.look()
	want("nothing new", false, false)
	write("note.txt", "of no concern")
	want("a file elsewhere", false, false)
	write("bill.csv", "half")
	want("a bill that begins to come", false)
	write("bill.csv", "half and")
	want("a bill that is still coming", false)
	write("bill.csv", "half and whole")
	want("a bill that is there", false, true, true)
	w.known = w.look() // the job ran
	want("after the run", false, false)
	if err := os.Mkdir(filepath.Join(dir, "bills"), 0o777); err != nil {
		t.Fatal(err)
	}
	want("an empty folder", false, false)
	write("bills/part_1.csv", "1")
	want("a bill in the folder", false, true)
	w.known = w.look()
	if err := os.Chtimes(filepath.Join(dir, "bill.csv"), time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	want("a bill written anew", false, true)
	w.known = w.look()
	if err := os.Remove(filepath.Join(dir, "bill.csv")); err != nil {
		t.Fatal(err)
	}
	want("a bill taken back", false, true)
}
