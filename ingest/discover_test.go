package ingest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree makes files with their path as content and moves into their folder. A
// name with an arrow is a link, one with a slash at its end a folder.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		link, target, isLink := strings.Cut(name, " -> ")
		path := filepath.Join(dir, link)
		folder := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			folder = path
		}
		err := os.MkdirAll(folder, 0o755)
		switch {
		case err != nil || folder == path:
		case isLink:
			err = os.Symlink(target, path)
		default:
			err = os.WriteFile(path, []byte(name), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

func TestDiscover(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links and wildcards in names")
	}
	files := []string{
		"a.json", "b.log.gz", "fee/2026-10-01/00.json", "fee/2026-10-01/01.json", "fee/2026-10-02/00.json", "sms/1.json",
		".hidden.json", ".git/config", "fee/.DS_Store", "fee/.cache/x.json", "empty/", "odd[1].json",
		"link.json -> a.json", "fee/gone.json -> nowhere", "fee/folder -> ../sms", "fee/loop -> loop", "fee/up -> ..", "sms/to_a.json -> ../a.json",
	}
	fee := []string{"2026-10-01/00.json", "2026-10-01/01.json", "2026-10-02/00.json"}
	feeWarnings := []string{
		"hidden, passed over: fee/.DS_Store", "hidden, passed over: fee/.cache",
		"not a regular file, passed over: fee/folder", "not a regular file, passed over: fee/gone.json",
		"not a regular file, passed over: fee/loop", "not a regular file, passed over: fee/up",
	}
	for _, c := range []struct {
		name     string
		paths    []string
		want     []string // names
		warnings []string
	}{
		{"file", []string{"a.json"}, []string{"a.json"}, nil},
		{"file in a folder", []string{"fee/2026-10-01/00.json"}, []string{"00.json"}, nil},
		{"hidden file, asked for", []string{".hidden.json"}, []string{".hidden.json"}, nil},
		{"link to a file", []string{"link.json"}, []string{"link.json"}, nil},
		{"folder", []string{"fee"}, fee, feeWarnings},
		{"folder with a slash", []string{"fee/"}, fee, feeWarnings},
		{"folder by a longer way", []string{"./sms/../fee"}, fee, feeWarnings},
		{"hidden folder, asked for", []string{"fee/.cache"}, []string{"x.json"}, nil},
		{"link to a folder, asked for", []string{"fee/folder"}, []string{"1.json", "to_a.json"}, nil},
		{"folder with a link to a file", []string{"sms"}, []string{"1.json", "to_a.json"}, nil},
		{"glob", []string{"*.json"}, []string{"a.json", "link.json", "odd[1].json"}, []string{"hidden, passed over: .hidden.json"}},
		{"glob for hidden files", []string{".h*"}, []string{".hidden.json"}, nil},
		{"glob of folders", []string{"fee/2026-10-*"}, fee, nil},
		{"glob within folders", []string{"fee/*/00.json"}, []string{"2026-10-01/00.json", "2026-10-02/00.json"}, nil},
		{"glob of two levels", []string{"./f*/2026-10-0?/*.json"}, []string{"fee/2026-10-01/00.json", "fee/2026-10-01/01.json", "fee/2026-10-02/00.json"}, nil},
		{"glob with broken links", []string{"fee/[gl]*"}, nil, []string{
			"not a regular file, passed over: fee/gone.json", "not a regular file, passed over: fee/loop"}},
		{"glob that matches nothing, and a file", []string{"*.xml", "a.json"}, []string{"a.json"}, []string{"no file matches: *.xml"}},
		{"glob characters in a name", []string{"odd[1].json"}, []string{"odd[1].json"}, nil},
		{"the same file twice", []string{"a.json", "./a.json", "fee/../a.json", "a*"}, []string{"a.json"}, nil},
		{"a file and its folder", []string{"fee/2026-10-02/00.json", "fee/2026-10-02"}, []string{"00.json"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := tree(t, files...)
			for _, absolute := range []bool{false, true} {
				var warnings []string
				paths := slices.Clone(c.paths)
				for i := range paths {
					if absolute {
						paths[i] = dir + "/" + paths[i]
					}
				}
				found, err := discover(paths, func(msg, file string) {
					file = strings.TrimPrefix(file, dir+"/")
					warnings = append(warnings, msg+": "+filepath.ToSlash(file))
				})
				if (err != nil) != (c.want == nil) {
					t.Fatal(err)
				}
				var names []string
				for _, in := range found {
					names = append(names, in.name)
					info, err := os.Stat(in.path)
					if err != nil || info.Size() != in.size {
						t.Errorf("%+v: %v", in, err)
					}
				}
				if diff := cmp.Diff(c.want, names); diff != "" {
					t.Errorf("names (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(c.warnings, warnings); diff != "" {
					t.Errorf("warnings (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestDiscoverErrors(t *testing.T) {
	tree(t, "a.json", "empty/", "x/.hidden")
	for _, c := range []struct {
		path, want string
	}{
		{"gone.json", "load gone.json: no such file or directory; check the path"},
		{"a.json/b", "load a.json/b: not a directory; check the path"},
		{"empty", "load empty: no files found; give a file, a folder or a glob that holds callbacks"},
		{"x", "load x: no files found; give a file, a folder or a glob that holds callbacks"},
		{"*.xml", "load *.xml: no files found; give a file, a folder or a glob that holds callbacks"},
		{"[", "load [: bad glob: syntax error in pattern; quote it and check its brackets"},
	} {
		_, err := discover([]string{c.path}, nil)
		var e *Error
		if !errors.As(err, &e) || runtime.GOOS == "linux" && err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.path, err, c.want)
		}
	}
	if _, err := discover([]string{"empty"}, nil); !errors.Is(err, ErrNoFiles) {
		t.Errorf("got %v", err)
	}
}

func TestDiscoverUnreadable(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("the superuser may read everything")
	}
	tree(t, "in/a.json", "in/closed/b.json", "in/c.json")
	if err := os.Chmod("in/c.json", 0); err != nil {
		t.Fatal(err)
	}
	// A file is listed: opening it will tell.
	if found, err := discover([]string{"in/a.json", "in/c.json"}, nil); err != nil || len(found) != 2 {
		t.Errorf("%v, %v", found, err)
	}
	if err := os.Chmod("in/closed", 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod("in/closed", 0o700) })
	if _, err := discover([]string{"in"}, nil); err == nil || !strings.HasSuffix(err.Error(), "permission denied; check the rights of the folder") {
		t.Errorf("got %v", err)
	}
}

func TestDiscoverNamesInAnotherEncoding(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("names are bytes on Linux only")
	}
	tree(t, "in/\xbb\xb0\xb5\xa5.json", "in/话单.json", "in/a\nb")
	found, err := discover([]string{"in"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, in := range found {
		names = append(names, in.name)
		if _, err := os.Stat(in.path); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]string{"a%0Ab", "%BB%B0%B5%A5.json", "话单.json"}, names); diff != "" {
		t.Error(diff)
	}
}

// A pipe would be read as an empty file, or for ever.
func TestDiscoverRefusesPipes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such pipes")
	}
	tree(t, "in/a.json")
	if err := exec.Command("mkfifo", "in/pipe").Run(); err != nil {
		t.Skip(err)
	}
	if _, err := discover([]string{"in/pipe"}, nil); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v", err)
	}
	for _, path := range []string{"in", "in/*"} {
		warned := 0
		found, err := discover([]string{path}, func(string, string) { warned++ })
		if err != nil || len(found) != 1 || warned != 1 {
			t.Errorf("%s: %v, %v, %d warnings", path, found, err, warned)
		}
	}
}
