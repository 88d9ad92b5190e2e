package baseline

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally/cmd/xtally-gen/archive"
)

// All of them do the same job: the same archive, the same CSV.
func TestSameAnswer(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	cfg := archive.Bench()
	cfg.Calls, cfg.Numbers = 3_000, 60
	if _, err := archive.Write(t.Context(), in, cfg); err != nil {
		t.Fatal(err)
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	read := func(name string) string {
		b, err := os.ReadFile(file(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if err := Limit(t.Context(), in, file("limit")); err != nil {
		t.Fatal(err)
	}
	want := read("limit")
	if len(want) < 1000 {
		t.Fatalf("the limit wrote %q", want)
	}
	if err := PlainGo(t.Context(), in, file("go")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, read("go")); diff != "" {
		t.Errorf("plain Go differs: %s", diff)
	}
	script, ok := Pandas(t.Context(), in, file("pandas"))
	if !ok {
		t.Log("no pandas here: its script is not tried")
		return
	}
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("pandas: %v\n%s", err, out)
	}
	if diff := cmp.Diff(want, read("pandas")); diff != "" {
		t.Errorf("pandas differs: %s", diff)
	}
}
