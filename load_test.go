package xtally_test

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/ingest"
)

// TestContainers: whatever a file is packed in, and whatever it is called, the
// same text gives the same charges.
func TestContainers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("testdata", "started_minute_counts")
	plain := mustRead(t, filepath.Join(dir, "in", "2026-10-05.ndjson"))
	half := bytes.IndexByte(plain[len(plain)/2:], '\n') + len(plain)/2 + 1
	first, second := plain[:half], plain[half:]
	tests := map[string][]byte{
		"a.ndjson.gz":           gzipped(plain),
		"two-members.gz":        append(gzipped(first), gzipped(second)...),
		"a.zst":                 zstded(plain),
		"two-frames.zst":        append(zstded(first), zstded(second)...),
		"a.zip":                 zipped(t, "x/1.ndjson", first, "x/2.ndjson", second),
		"a.tar":                 tarred(t, "x/1.ndjson", first, "x/2.ndjson", second),
		"a.tar.gz":              gzipped(tarred(t, "1", first, "2", second)),
		"a.tar.zst":             zstded(tarred(t, "1", first, "2", second)),
		"gz-in-zip.zip":         zipped(t, "1.gz", gzipped(first), "2.zst", zstded(second)),
		"zip-in-tar.tar":        tarred(t, "1.zip", zipped(t, "1", first), "2.gz", gzipped(second)),
		"named-wrongly.ndjson":  gzipped(plain),
		"plain-named-so.gz":     plain,
		"no-ending":             plain,
		"no-newline-at-end.log": bytes.TrimRight(plain, "\n"),
	}
	want := strings.TrimPrefix(string(mustRead(t, filepath.Join(dir, "want", "charges_by_app.csv"))), "\ufeff")
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			in := t.TempDir()
			mustWrite(t, filepath.Join(in, name), content)
			tally := mustOpen(t, "")
			for _, f := range mustLoad(t, tally, in).Files {
				if f.Status != "loaded" || f.Rejects != 0 {
					t.Errorf("%s is %s with %d rejects", f.Name, f.Status, f.Rejects)
				}
			}
			mustBuild(t, tally)
			if diff := cmp.Diff(want, export(t, tally, "charges_by_app", october)); diff != "" {
				t.Errorf("charges (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSameContentTwice: a file is known by its bytes, not by its name.
func TestSameContentTwice(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	body := []byte(feeBody(callRecord("c-1", 61)))
	mustWrite(t, filepath.Join(in, "a.ndjson"), body)
	tally := mustOpen(t, "")
	mustLoad(t, tally, in)
	mustBuild(t, tally)

	mustWrite(t, filepath.Join(in, "b.ndjson"), body)
	r := mustLoad(t, tally, in)
	if r.Loaded != 0 || r.Known != 2 || r.Records != 0 {
		t.Errorf("loaded %d, known %d, records %d; want 0, 2, 0", r.Loaded, r.Known, r.Records)
	}
	said := map[string]string{}
	for _, f := range r.Files {
		said[f.Name] = f.Status + " as " + f.Detail
	}
	want := map[string]string{"a.ndjson": "known as a.ndjson", "b.ndjson": "known as a.ndjson"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if b := mustBuild(t, tally); len(b.Months) != 0 {
		t.Errorf("built %v though nothing changed", b.Months)
	}
	// Its twin lies beside it, so it is listed, and its record is a duplicate.
	wantBooks(t, tally,
		"a.ndjson: 1 records, 1 calls, 0 duplicates, 0 rejects, loaded",
		"b.ndjson: 1 records, 0 calls, 1 duplicates, 0 rejects, copy")

	// An archive that only moved changes nothing at all.
	moved := t.TempDir()
	mustWrite(t, filepath.Join(moved, "c.ndjson"), body)
	if r := mustLoad(t, tally, moved); r.Loaded != 0 || r.Known != 1 {
		t.Errorf("moved: loaded %d, known %d; want 0, 1", r.Loaded, r.Known)
	}
	mustBuild(t, tally)
	wantBooks(t, tally,
		"a.ndjson: 1 records, 1 calls, 0 duplicates, 0 rejects, loaded",
		"b.ndjson: 1 records, 0 calls, 1 duplicates, 0 rejects, copy")
}

// TestUnchangedFile: a file that was left alone is not read again, and one that was
// touched in any way is, whatever its size and its time.
func TestUnchangedFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("files are hashed every time here")
	}
	in := t.TempDir()
	path := filepath.Join(in, "a.ndjson")
	mustWrite(t, path, []byte(feeBody(callRecord("c-1", 61))))
	later := time.Now()
	tally := mustOpen(t, "", xtally.WithClock(func() time.Time { return later }))
	load := func(what string, loaded, asSeen int) {
		t.Helper()
		if r := mustLoad(t, tally, in); r.Loaded != loaded || r.Loaded+r.Known != 1 || r.AsSeen != asSeen {
			t.Errorf("%s: loaded %d, known %d, as seen %d; want %d, %d, %d", what, r.Loaded, r.Known, r.AsSeen, loaded, 1-loaded, asSeen)
		}
	}
	load("new", 1, 0)
	load("just written, so it may be again in the same moment", 0, 0)
	later = later.Add(time.Hour)
	load("left alone, but not known to have been before", 0, 0)
	load("left alone", 0, 1)

	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, path, []byte(feeBody(callRecord("c-2", 61))))
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if now, err := os.Stat(path); err != nil || now.Size() != info.Size() || !now.ModTime().Equal(info.ModTime()) {
		t.Fatalf("size %d, time %v (%v); want those of before", now.Size(), now.ModTime(), err)
	}
	load("other content of the same size and time", 1, 0)
	load("left alone again", 0, 1)
	mustBuild(t, tally)
	if s := mustSummary(t, tally, october); s.Calls != 2 {
		t.Errorf("%d calls, want 2", s.Calls)
	}
}

// TestGrownFile: a log still being written is loaded each night. Its lines
// count once and the ledger shows its last state only.
func TestGrownFile(t *testing.T) {
	t.Parallel()
	first := []byte(feeBody(callRecord("c-1", 60)) + "noise\n")
	second := []byte(feeBody(callRecord("c-2", 61)))
	third := []byte(feeBody(callRecord("c-1", 60), callRecord("c-3", 1)))
	asIs := func(b []byte) []byte { return b }
	for name, pack := range map[string]func([]byte) []byte{"callbacks.log": asIs, "callbacks.log.gz": gzipped, "callbacks.log.zst": zstded} {
		t.Run(name, func(t *testing.T) {
			in := t.TempDir()
			path := filepath.Join(in, name)
			tally := mustOpen(t, "")
			var content []byte
			for i, part := range [][]byte{first, second, third} {
				content = append(content, pack(part)...)
				mustWrite(t, path, content)
				r := mustLoad(t, tally, in)
				if r.Loaded != 1 || r.Grown != min(i, 1) {
					t.Errorf("night %d: loaded %d, grown %d", i, r.Loaded, r.Grown)
				}
				mustBuild(t, tally)
			}
			wantBooks(t, tally, name+": 4 records, 3 calls, 1 duplicates, 1 rejects, loaded")
			if s := mustSummary(t, tally, october); s.Calls != 3 || s.BilledMin != 4 {
				t.Errorf("%d calls, %d min; want 3, 4", s.Calls, s.BilledMin)
			}
		})
	}
}

// TestRotatedThenGrown: day 1's log is renamed and day 2 writes a new file
// under the old name. When that one grows, day 1 must not be forgotten with it.
func TestRotatedThenGrown(t *testing.T) {
	unraced(t)
	t.Parallel()
	day1, day2 := []byte(feeBody(callRecord("c-1", 60))), []byte(feeBody(callRecord("c-2", 60)))
	tests := map[string]func(in string){
		"the old log is renamed": func(in string) {
			mustWrite(t, filepath.Join(in, "callbacks.log.1"), day1)
		},
		"the old log is moved away": func(string) {},
	}
	for name, rotate := range tests {
		t.Run(name, func(t *testing.T) {
			in := t.TempDir()
			path := filepath.Join(in, "callbacks.log")
			tally := mustOpen(t, "")
			mustWrite(t, path, day1)
			mustLoad(t, tally, in)
			mustBuild(t, tally)

			rotate(in)
			mustWrite(t, path, day2)
			mustLoad(t, tally, in)
			mustBuild(t, tally)

			mustWrite(t, path, append(bytes.Clone(day2), feeBody(callRecord("c-3", 60))...))
			mustLoad(t, tally, in)
			mustBuild(t, tally)
			if s := mustSummary(t, tally, october); s.Calls != 3 {
				t.Errorf("%d calls, want 3: day 1, and two of day 2", s.Calls)
			}
		})
	}
}

// TestSameNameInTwoFolders: two servers write files of one name.
func TestSameNameInTwoFolders(t *testing.T) {
	unraced(t)
	t.Parallel()
	a, b := t.TempDir(), t.TempDir()
	mustWrite(t, filepath.Join(a, "fee.log"), []byte(feeBody(callRecord("c-1", 60))))
	mustWrite(t, filepath.Join(b, "fee.log"), []byte(feeBody(callRecord("c-2", 60))))
	tally := mustOpen(t, "")
	mustLoad(t, tally, a, b)
	mustBuild(t, tally)
	mustWrite(t, filepath.Join(b, "fee.log"), []byte(feeBody(callRecord("c-2", 60))+feeBody(callRecord("c-3", 60))))
	mustLoad(t, tally, b)
	mustBuild(t, tally)
	if s := mustSummary(t, tally, october); s.Calls != 3 {
		t.Errorf("%d calls, want 3: one of the first folder, two of the second", s.Calls)
	}
}

// TestRecompressedCopy: a copy in another container, or in other batches, has
// other bytes. It is read, and all it brings is duplicates.
func TestRecompressedCopy(t *testing.T) {
	unraced(t)
	t.Parallel()
	in := t.TempDir()
	one, two, three := callRecord("c-1", 60), callRecord("c-2", 61), callRecord("c-3", 0)
	plain := []byte(feeBody(one, two) + feeBody(three))
	mustWrite(t, filepath.Join(in, "a.ndjson"), plain)
	tally := mustOpen(t, "")
	mustLoad(t, tally, in)
	mustBuild(t, tally)
	reports := []string{"charges_by_app", "charges_by_x_number", "charges_by_day", "calls_by_release_code", "calls"}
	want := map[string]string{}
	for _, name := range reports {
		want[name] = export(t, tally, name, october)
	}

	mustWrite(t, filepath.Join(in, "b.ndjson.gz"), gzipped(plain))
	mustWrite(t, filepath.Join(in, "c.ndjson"), []byte(feeBody(three, one)+feeBody(two)))
	mustLoad(t, tally, in)
	mustBuild(t, tally)
	got := map[string]string{}
	for _, name := range reports {
		got[name] = export(t, tally, name, october)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reports changed (-before +after):\n%s", diff)
	}
	wantBooks(t, tally,
		"a.ndjson: 3 records, 3 calls, 0 duplicates, 0 rejects, loaded",
		"b.ndjson.gz: 3 records, 0 calls, 3 duplicates, 0 rejects, loaded",
		"c.ndjson: 3 records, 0 calls, 3 duplicates, 0 rejects, loaded")
}

// TestCutGzip: what stands before the break counts, the break itself is one
// reject, and the whole file, when it comes, replaces the cut one.
func TestCutGzip(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	path := filepath.Join(in, "a.gz")
	lines := []string{feeBody(callRecord("c-1", 60)), feeBody(callRecord("c-2", 60)), feeBody(callRecord("c-3", 60))}
	whole := gzippedLines(lines...)
	mustWrite(t, path, whole[:len(gzippedLines(lines[:2]...))-4]) // as far as the second line, and into the third
	tally := mustOpen(t, "")
	mustLoad(t, tally, in)
	mustBuild(t, tally)
	wantBooks(t, tally, "a.gz: 2 records, 2 calls, 0 duplicates, 1 rejects, damaged")
	if rejects := export(t, tally, "rejects", october); !strings.Contains(rejects, "a.gz,3,3,0,corrupt_gzip,") || !strings.Contains(rejects, "fetch the file again") {
		t.Errorf("rejects do not name the break and the remedy:\n%s", rejects)
	}
	if s, err := tally.Status(t.Context()); err != nil || s.DamagedFiles != 1 {
		t.Errorf("status: %d damaged files (%v), want 1", s.DamagedFiles, err)
	}

	mustWrite(t, path, whole)
	mustLoad(t, tally, in)
	mustBuild(t, tally)
	wantBooks(t, tally, "a.gz: 3 records, 3 calls, 0 duplicates, 0 rejects, loaded")
}

// TestDamage: each kind of damage is noticed, named, and costs no other file.
func TestDamage(t *testing.T) {
	unraced(t)
	t.Parallel()
	body := func(icid string) []byte { return []byte(feeBody(callRecord(icid, 60))) }
	wrongSum := gzipped(body("c-sum"))
	wrongSum[len(wrongSum)-8] ^= 1
	brokenMember := zipped(t, "a", body("c-1"))
	copy(brokenMember[30:], bytes.Repeat([]byte{0xff}, 20))
	const (
		whole  = "1 records, 1 calls, 0 duplicates, 0 rejects, loaded"
		kept   = "1 records, 1 calls, 0 duplicates, 1 rejects, damaged"
		lost   = "0 records, 0 calls, 0 duplicates, 1 rejects, damaged"
		noCall = "0 records, 0 calls, 0 duplicates, 1 rejects, loaded"
		empty  = "0 records, 0 calls, 0 duplicates, 0 rejects, empty"
	)
	tests := map[string]struct {
		content []byte
		member  string
		books   string
		reject  string
	}{
		"good.ndjson":  {body("c-good"), "", whole, ""},
		"sum.gz":       {wrongSum, "", kept, "2,2,0,gzip_checksum"},
		"tail.gz":      {append(gzipped(body("c-tail")), "appended by hand"...), "", kept, "2,2,0,gzip_trailing_bytes"},
		"header.gz":    {gzipped(body("c-1"))[:5], "", lost, "1,1,0,corrupt_gzip"},
		"cut.zst":      {zstded(body("c-1"))[:20], "", lost, "1,1,0,corrupt_zstd"},
		"cut.zip":      {zipped(t, "a", body("c-1"))[:60], "", lost, "1,1,0,corrupt_zip"},
		"member.zip":   {brokenMember, "/a", lost, "1,1,0,corrupt_zip"},
		"cut.tar":      {tarred(t, "a", body("c-1"))[:520], "/a", lost, "1,1,0,corrupt_tar"},
		"picture.png":  {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), "", lost, "1,1,0,binary_file"},
		"notes.txt":    {[]byte("ask for the missing day\n"), "", noCall, "1,1,0,malformed_json"},
		"nothing.gz":   {gzipped(nil), "", empty, ""},
		"blank.ndjson": {[]byte("\n \r\n"), "", empty, ""},
		"zero.gz":      {nil, "", empty, ""},
	}
	in := t.TempDir()
	for name, tt := range tests {
		mustWrite(t, filepath.Join(in, name), tt.content)
	}
	if err := os.Symlink(filepath.Join(in, "nowhere"), filepath.Join(in, "dangling")); err != nil {
		t.Fatal(err)
	}
	tally := mustOpen(t, "")
	mustLoad(t, tally, in)
	mustBuild(t, tally)
	rejects := export(t, tally, "rejects", october)
	files := map[string]string{}
	for _, b := range books(t, tally) {
		name, rest, _ := strings.Cut(b, ": ")
		files[name] = rest
	}
	for name, tt := range tests {
		if got := files[name+tt.member]; got != tt.books {
			t.Errorf("%s: %s; want %s", name, got, tt.books)
		}
		if !strings.Contains(rejects, "\n"+name+tt.member+","+tt.reject+",") && tt.reject != "" {
			t.Errorf("%s is not rejected as %s in\n%s", name, tt.reject, rejects)
		}
	}
	if s := mustSummary(t, tally, october); s.Calls != 3 {
		t.Errorf("%d calls, want 3: of good.ndjson, sum.gz and tail.gz", s.Calls)
	}
}

// TestMessageVersions: notices of one message that disagree are ranked by
// what they say, never by the file they came in.
func TestMessageVersions(t *testing.T) {
	unraced(t)
	t.Parallel()
	const notice = `{"appKey":"app-a","smsEvent":{"smsIdentifier":"m-1","notificationMode":"Notify","virtualNumber":%q,"timeStamp":"2026-10-05T02:00:00Z","sendResult":0}}` + "\n"
	carrier, virtual := []byte(fmt.Sprintf(notice, "+8618600000001")), []byte(fmt.Sprintf(notice, "+8617000000001"))
	var totals []string
	for _, files := range [][2][]byte{{carrier, virtual}, {virtual, carrier}} {
		in := t.TempDir()
		mustWrite(t, filepath.Join(in, "a.ndjson"), files[0])
		mustWrite(t, filepath.Join(in, "b.ndjson"), files[1])
		tally := mustOpen(t, "")
		mustLoad(t, tally, in)
		mustBuild(t, tally)
		totals = append(totals, mustSummary(t, tally, october).TotalCNY)
	}
	if totals[0] != totals[1] {
		t.Errorf("totals %s and %s depend on the names of the files", totals[0], totals[1])
	}
}

// TestPathErrors: an error names the path and what to do about it.
func TestPathErrors(t *testing.T) {
	t.Parallel()
	tally := mustOpen(t, "")
	empty := t.TempDir()
	tests := map[string]struct{ path, want string }{
		"no such path":   {filepath.Join(empty, "nowhere"), "no such file or directory; check the path"},
		"nothing in it":  {empty, "give a file, a folder or a glob that holds callbacks"},
		"nothing to it":  {filepath.Join(empty, "*.gz"), "give a file, a folder or a glob that holds callbacks"},
		"no such folder": {filepath.Join(empty, "nowhere", "*.gz"), "give a file, a folder or a glob that holds callbacks"},
		"a bad glob":     {filepath.Join(empty, "[.gz"), "check its brackets"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := tally.Load(t.Context(), tt.path)
			var loadError *xtally.LoadError
			if !errors.As(err, &loadError) || loadError.File != tt.path || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want a LoadError of %s saying %q", err, tt.path, tt.want)
			}
		})
	}
	if _, err := tally.Load(t.Context(), empty); !errors.Is(err, ingest.ErrNoFiles) {
		t.Errorf("error %v, want ErrNoFiles", err)
	}
}

// TestCancelledLoad: whenever a load is stopped, the ledger and the tables
// agree, and the next load brings what was missing.
func TestCancelledLoad(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	const files, calls = 20, 250
	for f := range files {
		var b strings.Builder
		for c := range calls {
			b.WriteString(feeBody(callRecord(fmt.Sprintf("c-%d-%d", f, c), 60)))
		}
		b.WriteString("noise\n")
		mustWrite(t, filepath.Join(in, fmt.Sprintf("%02d.ndjson", f)), []byte(b.String()))
	}
	for _, delay := range []time.Duration{0, 2, 10, 25, 50, 80} {
		t.Run(fmt.Sprintf("after %d ms", delay), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.duckdb")
			tally := mustOpen(t, path)
			ctx, cancel := context.WithTimeout(t.Context(), delay*time.Millisecond)
			defer cancel()
			_, err := tally.Load(ctx, in)
			if err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v, want that the context ended", err)
			}
			s, err := tally.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if s.Records != s.Files*calls {
				t.Errorf("the ledger has %d files and %d records", s.Files, s.Records)
			}
			mustBuild(t, tally) // proves that the books hold as they are
			mustLoad(t, tally, in)
			mustBuild(t, tally)
			if got := mustSummary(t, tally, october); got.Calls != files*calls || got.Rejects != files || got.Duplicates != 0 {
				t.Errorf("%d calls, %d rejects, %d duplicates; want %d, %d, 0", got.Calls, got.Rejects, got.Duplicates, files*calls, files)
			}
			if left := glob(t, filepath.Dir(path), "*"); len(left) > 3 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestCancelledBuild: a build that is stopped publishes nothing.
func TestCancelledBuild(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	mustWrite(t, filepath.Join(in, "a.ndjson"), []byte(feeBody(callRecord("c-1", 60))))
	tally := mustOpen(t, "")
	mustLoad(t, tally, in)
	mustBuild(t, tally)
	before := export(t, tally, "charges_by_app", october)
	mustWrite(t, filepath.Join(in, "b.ndjson"), []byte(feeBody(callRecord("c-2", 60))))
	mustLoad(t, tally, in)
	for delay := range 4 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(delay*5)*time.Millisecond)
		if _, err := tally.Build(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %d ms: error %v, want that the context ended", delay*5, err)
		}
		cancel()
		if diff := cmp.Diff(before, export(t, tally, "charges_by_app", october)); diff != "" {
			t.Errorf("something was published (-before +after):\n%s", diff)
		}
	}
	mustBuild(t, tally)
	if s := mustSummary(t, tally, october); s.Calls != 2 {
		t.Errorf("%d calls, want 2", s.Calls)
	}
}

// TestLocked: a second process is told who has the database.
func TestLocked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.duckdb")
	holder := exec.Command(os.Args[0], "-test.run=^TestHoldDatabase$")
	holder.Env = append(os.Environ(), "XTALLY_TEST_HOLD="+path)
	stdin, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	defer holder.Wait()
	defer stdin.Close()
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder said %q (%v)", line, err)
	}
	tally, err := xtally.Open(t.Context(), path)
	if err == nil {
		tally.Close()
	}
	if !errors.Is(err, xtally.ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("(process %d)", holder.Process.Pid)) {
		t.Errorf("error %v, want ErrLocked that names process %d", err, holder.Process.Pid)
	}
}

// TestHoldDatabase is the other process of TestLocked.
func TestHoldDatabase(t *testing.T) {
	path := os.Getenv("XTALLY_TEST_HOLD")
	if path == "" {
		t.Skip("run by TestLocked")
	}
	mustOpen(t, path)
	fmt.Println("held")
	bufio.NewReader(os.Stdin).ReadString('\n') // until TestLocked is done
}

// TestDatabaseNames: a database may be called like one of its own schemas.
func TestDatabaseNames(t *testing.T) {
	unraced(t)
	t.Parallel()
	for _, name := range []string{"calls.duckdb", "marts.duckdb", "a b'c.db", "话单"} {
		t.Run(name, func(t *testing.T) {
			tally := mustOpen(t, filepath.Join(t.TempDir(), name))
			mustLoad(t, tally, "testdata/sms_notify_and_block/in")
			mustBuild(t, tally)
			if s := mustSummary(t, tally, october); s.TotalCNY != "21.37" { // 1.37 of SMS, rent 5.00 and 15.00
				t.Errorf("total %s, want 21.37", s.TotalCNY)
			}
		})
	}
}

// TestOpenErrors: a path that cannot be a database is refused with a remedy.
func TestOpenErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "notes.txt"), bytes.Repeat([]byte("no database\n"), 1000))
	tests := map[string]struct{ path, want string }{
		"no folder":     {filepath.Join(dir, "nowhere", "test.duckdb"), "create it or choose another --db"},
		"another file":  {filepath.Join(dir, "notes.txt"), "not a DuckDB database; choose another --db"},
		"a folder":      {dir, ""},
		"a file within": {filepath.Join(dir, "notes.txt", "test.duckdb"), "create it or choose another --db"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tally, err := xtally.Open(t.Context(), tt.path)
			if err == nil {
				tally.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.path) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one naming %s and saying %q", err, tt.path, tt.want)
			}
		})
	}
}

// TestBooksOfAllCases loads every input of testdata into one database, where
// their records clash, and holds the books of each file against the tables.
func TestBooksOfAllCases(t *testing.T) {
	unraced(t)
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.duckdb")
	tally := mustOpen(t, path)
	mustLoad(t, tally, "testdata/*/in*")
	mustBuild(t, tally)
	db := closeAndLook(t, tally, path)
	for what, query := range map[string]string{
		"lines":     "select file from raw.files where line_count <> blank_line_count + frame_line_count",
		"frames":    "select file from raw.files where frame_count <> body_count + reject_count",
		"records":   "select file from marts.files where records <> calls + duplicates + conflicts + rejected_records",
		"rejects":   "select files.file from marts.files as files where rejects <> (select count(*) from marts.rejects as rejects where rejects.file = files.file)",
		"calls":     "select 'calls' where (select sum(calls) from marts.files) <> (select count(*) from calls.calls)",
		"conflicts": "select 'conflicts' where (select sum(conflicts) from marts.files) <> (select sum(versions - 1) from marts.conflicts)",
		"events":    "select 'events' where (select sum(events) from marts.files) <> (select count(*) from raw.events)",
		"messages":  "select 'messages' where (select sum(messages) from marts.files) <> (select count(*) from raw.sms)",
		"statuses":  "select 'statuses' where (select sum(statuses) from marts.files) <> (select count(*) from raw.number_status)",
	} {
		var offender string
		if err := db.QueryRow(query).Scan(&offender); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("the books of %s do not hold: %s (%v)", what, offender, err)
		}
	}
}

//////// helpers

// books returns a line per file: what came of its records.
func books(t *testing.T, tally *xtally.Tally) []string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(export(t, tally, "files", october)), "\n")
	names := strings.Split(lines[0], ",")
	var all []string
	for _, l := range lines[1:] {
		v := map[string]string{}
		for i, cell := range strings.Split(l, ",") {
			v[names[i]] = cell
		}
		all = append(all, fmt.Sprintf("%s: %s records, %s calls, %s duplicates, %s rejects, %s",
			v["file"], v["records"], v["calls"], v["duplicates"], v["rejects"], v["status"]))
	}
	return all
}

func wantBooks(t *testing.T, tally *xtally.Tally, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, books(t, tally)); diff != "" {
		t.Errorf("books (-want +got):\n%s", diff)
	}
}

func gzipped(content []byte) []byte { return gzippedLines(string(content)) }

// gzippedLines ends a block after each line, so that a cut loses few.
func gzippedLines(lines ...string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	for _, l := range lines {
		w.Write([]byte(l))
		w.Flush()
	}
	w.Close()
	return b.Bytes()
}

func zstded(content []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	defer w.Close()
	return w.EncodeAll(content, nil)
}

// zipped packs pairs of a name (string) and content ([]byte).
func zipped(t *testing.T, members ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		m, err := w.Create(members[i].(string))
		if err != nil {
			t.Fatal(err)
		}
		m.Write(members[i+1].([]byte))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tarred packs pairs of a name (string) and content ([]byte).
func tarred(t *testing.T, members ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		content := members[i+1].([]byte)
		if err := w.WriteHeader(&tar.Header{Name: members[i].(string), Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		w.Write(content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
