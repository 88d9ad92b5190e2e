package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A call in dispute is shown by the very line that told of it: of the member that
// holds it, not of one whose name ends alike, however deep it lies.
func TestFindBodies(t *testing.T) {
	top, below := []byte("{\"at\":\"top 1\"}\n{\"at\":\"top 2\"}\n"), []byte("{\"at\":\"below 1\"}\n\n{\"at\":\"below 3\"}\n")
	members := []member{{"b.ndjson", top}, {"a/b.ndjson", below}}
	for name, test := range map[string]struct {
		file   string
		data   []byte
		member string
		line   int64
		want   string
	}{
		"plain":               {"b.ndjson", top, "", 2, `{"at":"top 2"}`},
		"gzip":                {"b.ndjson.gz", gz(below), "", 3, `{"at":"below 3"}`},
		"zip":                 {"x.zip", zipped(members...), "b.ndjson", 1, `{"at":"top 1"}`},
		"zip, folder":         {"x.zip", zipped(members...), "a/b.ndjson", 1, `{"at":"below 1"}`},
		"tar":                 {"x.tar", tarred(members...), "a/b.ndjson", 3, `{"at":"below 3"}`},
		"tar.gz":              {"x.tar.gz", gz(tarred(members...)), "b.ndjson", 2, `{"at":"top 2"}`},
		"zip in a zip":        {"x.zip", zipped(member{"y.zip", zipped(members...)}), "y.zip/a/b.ndjson", 1, `{"at":"below 1"}`},
		"a name to be quoted": {"x.zip", zipped(member{"\xc4.json", top}), "%C4.json", 1, `{"at":"top 1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, test.file), test.data, 0o644); err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(test.data)
			place := Place{test.file + "/" + test.member, test.member, hex.EncodeToString(sum[:]), int64(len(test.data)), test.line}
			var got []string
			missing, err := FindBodies(context.Background(), []string{dir}, []Place{place}, func(p Place, body []byte) error {
				if p != place {
					t.Errorf("place %+v, want %+v", p, place)
				}
				got = append(got, string(body))
				return nil
			})
			if err != nil || len(missing) > 0 {
				t.Fatalf("missing %v, error %v", missing, err)
			}
			if diff := cmp.Diff([]string{test.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A source that has other bytes now is no evidence, though its size and name stand.
func TestFindBodiesChanged(t *testing.T) {
	dir := t.TempDir()
	was, is := zipped(member{"b.ndjson", []byte(`{"at":1}`)}), zipped(member{"b.ndjson", []byte(`{"at":2}`)})
	if len(was) != len(is) {
		t.Fatal("the two are of one size in this test")
	}
	if err := os.WriteFile(filepath.Join(dir, "x.zip"), is, 0o644); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(was)
	missing, err := FindBodies(context.Background(), []string{dir}, []Place{{"x.zip/b.ndjson", "b.ndjson", hex.EncodeToString(sum[:]), int64(len(was)), 1}},
		func(p Place, body []byte) error {
			t.Errorf("%s is given for %+v", body, p)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"x.zip/b.ndjson"}, missing); diff != "" {
		t.Error(diff)
	}
}
