package ingest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

type member struct {
	name string
	data []byte
}

func gz(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Name = "inner.json"
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func zst(data []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err)
	}
	defer w.Close()
	return w.EncodeAll(data, nil)
}

func zipped(members ...member) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.Create(m.name)
		if err != nil {
			panic(err)
		}
		f.Write(m.data)
	}
	w.Close()
	return b.Bytes()
}

func tarred(members ...member) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Size: int64(len(m.data)), Mode: 0o644, Typeflag: tar.TypeReg}
		if strings.HasSuffix(m.name, "/") {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			panic(err)
		}
		w.Write(m.data)
	}
	w.Close()
	return b.Bytes()
}

// changed returns data with one byte turned over, counted from the end if at
// is negative.
func changed(data []byte, at int) []byte {
	data = bytes.Clone(data)
	if at < 0 {
		at += len(data)
	}
	data[at] ^= 0xff
	return data
}

// encrypted sets the flag of a zip's only member.
func encrypted(data []byte) []byte {
	data = bytes.Clone(data)
	data[6] |= 1
	data[bytes.Index(data, []byte("PK\x01\x02"))+8] |= 1
	return data
}

// incompressible is text that stays about as long when compressed.
func incompressible(lines int) []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	var b bytes.Buffer
	for range lines {
		fmt.Fprintf(&b, `{"eventType":"fee","feeLst":[{"icid":"%016x%016x"}]}`+"\n", rng.Uint64(), rng.Uint64())
	}
	return b.Bytes()
}

type containerCase struct {
	name string
	data []byte
	want []string // member: frame
}

func containerCases() []containerCase {
	a, b := []byte(bodyA+"\n"), []byte(bodyB+"\n")
	rowA, rowB := "1+1 "+bodyA, "1+1 "+bodyB
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	nested := func(n int) []byte {
		data := a
		for range n {
			data = gz(data)
		}
		return data
	}
	header := func(m *tar.Header) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		w.WriteHeader(m)
		w.Flush()
		return b.Bytes()
	}
	tooDeep := "nested_too_deep  <more than 4 containers within each other>"
	return []containerCase{
		{"plain", a, []string{": " + rowA}},
		{"empty", nil, []string{""}},
		{"gzip", gz(a), []string{": " + rowA}},
		{"gzip, several members", join(gz(a), gz(nil), gz(b)), []string{": " + rowA, ": 2+1 " + bodyB}},
		{"gzip, a line across members", join(gz(a[:9]), gz(a[9:])), []string{": " + rowA}},
		{"gzip of nothing", gz(nil), []string{""}},
		{"zstd", zst(a), []string{": " + rowA}},
		{"zstd, several frames", join(zst(a), zst(b)), []string{": " + rowA, ": 2+1 " + bodyB}},
		{"zstd, skippable frame first", join([]byte{0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 'h', 'i'}, zst(a)), []string{": " + rowA}},
		{"zip", zipped(member{"a.json", a}, member{"x/", nil}, member{"x/b.json", b}), []string{"a.json: " + rowA, "x/b.json: " + rowB}},
		{"tar", tarred(member{"a.json", a}, member{"x/", nil}, member{"x/b.json", b}), []string{"a.json: " + rowA, "x/b.json: " + rowB}},
		{"tar.gz", gz(tarred(member{"a.json", a}, member{"b.json", b})), []string{"a.json: " + rowA, "b.json: " + rowB}},
		{"tar.zst", zst(tarred(member{"a.json", a}, member{"b.json", b})), []string{"a.json: " + rowA, "b.json: " + rowB}},
		{"zip of gzip", zipped(member{"a.gz", gz(a)}, member{"b.json", b}), []string{"a.gz: " + rowA, "b.json: " + rowB}},
		{"tar of zip", tarred(member{"z.zip", zipped(member{"a.json", a}, member{"b.json", b})}, member{"c", a}),
			[]string{"z.zip/a.json: " + rowA, "z.zip/b.json: " + rowB, "c: " + rowA}},
		{"gzip of zip", gz(zipped(member{"a.json", a})), []string{"a.json: " + rowA}},
		{"zip of tar of zip of gzip", zipped(member{"t", tarred(member{"z", zipped(member{"g", gz(a)})})}), []string{"t/z/g: " + rowA}},
		{"as deep as may be", nested(4), []string{": " + rowA}},
		{"too deep", nested(5), []string{": 1+0 " + tooDeep}},
		{"too deep in one member", zipped(member{"d", nested(4)}, member{"b", b}), []string{"d: 1+0 " + tooDeep, "b: " + rowB}},
		{"zip with nothing in it", zipped(), []string{}},
		{"tar with nothing in it", tarred(), []string{}},
		{"tar.gz with nothing in it", gz(make([]byte, 10240)), []string{}},
		{"only zeros", make([]byte, 10241), []string{": 1+1 malformed_json …"}},
		{"empty members", zipped(member{"a", nil}, member{"b", []byte("\n\n")}), []string{"a", "b"}},
		{"names that lead elsewhere", tarred(member{"../../a", a}, member{"/etc/b", b}), []string{"../../a: " + rowA, "/etc/b: " + rowB}},
		{"names that lead elsewhere, zip", zipped(member{"../../a", a}, member{"/etc/b", b}), []string{"../../a: " + rowA, "/etc/b: " + rowB}},
		{"names in another encoding", zipped(member{"\xbb\xb0\xb5\xa5.json", a}, member{"话单.json", b}, member{"a\nb", b}),
			[]string{"%BB%B0%B5%A5.json: " + rowA, "话单.json: " + rowB, "a%0Ab: " + rowB}},
		{"tar with a link", join(header(&tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}), tarred(member{"a", a})), []string{"a: " + rowA}},
		{"tars in a row", join(tarred(member{"a", a}), make([]byte, 4096), tarred(member{"b", b})), []string{"a: " + rowA, "b: " + rowB}},
		{"bytes behind a tar", join(tarred(member{"a", a}), b),
			[]string{"a: " + rowA, ": 1+0 corrupt_tar  <tar is broken: there are other bytes behind its end; fetch the file again>"}},

		{"gzip without its trailer", gz(a)[:len(gz(a))-8], []string{": " + rowA, ": 2+0 corrupt_gzip  <gzip is cut short after 39 bytes; fetch the file again>"}},
		{"gzip, half its trailer", gz(a)[:len(gz(a))-3], []string{": " + rowA, ": 2+0 corrupt_gzip  <gzip is cut short after 39 bytes; fetch the file again>"}},
		{"gzip, cut in its header", gz(a)[:7], []string{": 1+0 corrupt_gzip  <gzip is cut short after 0 bytes; fetch the file again>"}},
		{"gzip, cut in the second header", join(gz(a), gz(b)[:14]), []string{": " + rowA, ": 2+0 corrupt_gzip  <gzip is cut short after 39 bytes; fetch the file again>"}},
		{"gzip, wrong checksum", changed(gz(a), -8), []string{": " + rowA, ": 2+0 gzip_checksum  <gzip checksum or length is wrong after 39 bytes; fetch the file again>"}},
		{"gzip, wrong length", changed(gz(a), -4), []string{": " + rowA, ": 2+0 gzip_checksum  <gzip checksum or length is wrong after 39 bytes; fetch the file again>"}},
		{"gzip, wrong checksum, then more", join(changed(gz(a), -8), gz(b)),
			[]string{": " + rowA, ": 2+1 " + bodyB, ": 3+0 gzip_checksum  <gzip checksum or length is wrong after 39 bytes; fetch the file again>"}},
		{"gzip, bytes behind", join(gz(a), b), []string{": " + rowA, ": 2+0 gzip_trailing_bytes  <bytes behind the gzip data, after 39 bytes>"}},
		{"gzip, zeros behind", join(gz(a), make([]byte, 600)), []string{": " + rowA, ": 2+0 gzip_trailing_bytes  <bytes behind the gzip data, after 39 bytes>"}},
		{"gzip, other method", []byte{0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3}, []string{": 1+0 corrupt_gzip …"}},
		{"tar.gz, wrong checksum", changed(gz(tarred(member{"a", a})), -8), []string{"a: " + rowA, ": 1+0 gzip_checksum …"}},
		{"zstd, cut", zst(a)[:len(zst(a))-2], []string{": …corrupt_zstd …"}},
		{"zstd, bytes behind", join(zst(a), b), []string{": " + rowA, ": 2+0 corrupt_zstd …"}},
		{"tar, cut in a member", tarred(member{"a", a}, member{"b", b})[:1024+512+9], []string{"a: " + rowA, "b: 1+1 corrupt_tar " + bodyB[:9] + " <unexpected EOF; fetch the file again>"}},
		{"tar, cut in a header", tarred(member{"a", a}, member{"b", b})[:1024+99], []string{"a: " + rowA, ": 1+0 corrupt_tar …"}},
		{"tar, cut between members", tarred(member{"a", a}, member{"b", b})[:1024], []string{"a: " + rowA, ": 1+0 corrupt_tar  <tar is broken: it has no end mark; fetch the file again>"}},
		{"tar, broken header", changed(tarred(member{"a", a}, member{"b", b}), 1024+3), []string{"a: " + rowA, ": 1+0 corrupt_tar …"}},
		{"zip, cut", zipped(member{"a", a})[:90], []string{": 1+0 corrupt_zip …"}},
		{"zip, encrypted", encrypted(zipped(member{"a", a})), []string{"a: 1+0 zip_encrypted  <zip member is encrypted; unpack it with its password first>"}},
		{"zip, unknown method", func() []byte {
			z := zipped(member{"a", a})
			z[bytes.Index(z, []byte("PK\x01\x02"))+10] = 99
			return z
		}(), []string{"a: 1+0 corrupt_zip …"}},
		{"zip, wrong checksum", func() []byte {
			z := zipped(member{"a", a}, member{"b", b})
			binary.LittleEndian.PutUint32(z[bytes.Index(z, []byte("PK\x01\x02"))+16:], 7)
			return z
		}(), []string{"a: " + rowA, "a: 2+0 corrupt_zip …", "b: " + rowB}},
		{"gzip of a cut zip", gz(zipped(member{"a", a})[:90]), []string{": 1+0 corrupt_zip …"}},
		{"cut gzip of a zip", gz(zipped(member{"a", incompressible(50)}))[:700], []string{": 1+0 corrupt_gzip …"}},
		{"gzip in a zip, wrong checksum", zipped(member{"a.gz", changed(gz(a), -8)}, member{"b", b}), []string{"a.gz: " + rowA, "a.gz: 2+0 gzip_checksum …", "b: " + rowB}},

		{"binary", append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR{"), incompressible(1)[:9]...), []string{": 1+0 binary_file …"}},
		{"UTF-16", []byte("\xff\xfe{\x00\"\x00a\x00\"\x00:\x001\x00}\x00\n\x00"), []string{": 1+0 binary_file …"}},
		{"zeros behind the lines", join(a, make([]byte, 900)), []string{": " + rowA, ": 2+1 malformed_json …"}},
		{"zeros before the lines", join(make([]byte, 900), a), []string{": 1+1 " + bodyA + " <…"}},
	}
}

func TestContainers(t *testing.T) {
	for _, c := range containerCases() {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, openAll(t, c.data), cmp.Comparer(matches)); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
			rows := []string{}
			list := rowsOf(t, &rows)
			if err := (&unpacking{fn: list, left: 1 << 20}).openStream("", iotest.OneByteReader(bytes.NewReader(c.data)), 0); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(c.want, rows, cmp.Comparer(matches)); diff != "" {
				t.Errorf("read byte by byte (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBombs: a file that unpacks to more than it may is read up to there, and told
// once, however it is packed.
func TestBombs(t *testing.T) {
	t.Parallel()
	a := []byte(bodyA + "\n")
	blank := bytes.Repeat([]byte{'\n'}, 100_000)
	rowA := "1+1 " + bodyA
	const told = "1+0 unpacks_too_large  <unpacks to more than a thousand times its size, read up to there; if it is meant, unpack it first>"
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"gzip", gz(append(a, blank...)), []string{": " + rowA, ": …unpacks_too_large …"}},
		{"zstd", zst(append(a, blank...)), []string{": " + rowA, ": …unpacks_too_large …"}},
		{"gzip in gzip", gz(gz(blank)), []string{": …unpacks_too_large …"}},
		{"zip with members behind", zipped(member{"a", a}, member{"bomb", blank}, member{"b", a}), []string{"a: " + rowA, "bomb: …unpacks_too_large …"}},
		{"tar.gz with members behind", gz(tarred(member{"a", a}, member{"bomb", blank}, member{"b", a})), []string{"a: " + rowA, "bomb: …unpacks_too_large …"}},
		{"zip in a gzip", gz(zipped(member{"a", incompressible(5000)})), []string{": " + told}},
		{"zip in a zip", zipped(member{"z", zipped(member{"a", blank})}, member{"b", a}), []string{"z/a: …unpacks_too_large …"}},
		{"a plain file is as large as it is", append(a, blank...), []string{": " + rowA}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := []string{}
			u := &unpacking{fn: rowsOf(t, &rows), left: 50_000}
			var err error
			if isZip(c.data) {
				err = u.openZip(bytes.NewReader(c.data), int64(len(c.data)), "", 0)
			} else {
				err = u.openStream("", bytes.NewReader(c.data), 0)
			}
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(c.want, rows, cmp.Comparer(matches)); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
		})
	}
}

// openAll lists the frames of each member.
func openAll(tb testing.TB, data []byte) []string {
	tb.Helper()
	rows := []string{}
	if err := openContainer(tempFile(tb, data), int64(len(data)), rowsOf(tb, &rows)); err != nil {
		tb.Errorf("openContainer: %v", err)
	}
	return rows
}

// rowsOf appends a row for each frame, or the name of a member without any.
func rowsOf(tb testing.TB, rows *[]string) memberFunc {
	return func(name string, r io.Reader) error {
		all, _ := readFrames(tb, r)
		for _, row := range texts(all) {
			*rows = append(*rows, name+": "+row)
		}
		if len(all) == 0 {
			*rows = append(*rows, name)
		}
		return nil
	}
}

// matches compares texts of which one may leave parts open with "…".
func matches(x, y string) bool {
	if strings.Contains(y, "…") {
		x, y = y, x
	}
	parts := strings.Split(x, "…")
	if len(parts) == 1 {
		return x == y
	}
	if !strings.HasPrefix(y, parts[0]) || !strings.HasSuffix(y, parts[len(parts)-1]) {
		return false
	}
	for _, p := range parts {
		_, rest, found := strings.Cut(y, p)
		if !found {
			return false
		}
		y = rest
	}
	return true
}

// A gzip cut anywhere gives every line that can be decoded, in order and
// unchanged, and one reject that names the break.
func TestGzipCutAnywhere(t *testing.T) {
	text := incompressible(60)
	whole := gz(text)
	before := 0
	for at := 2; at < len(whole); at += 7 {
		var bodies []string
		named := 0
		err := openContainer(tempFile(t, whole[:at]), int64(at), func(_ string, r io.Reader) error {
			all, _ := readFrames(t, r)
			for _, g := range all {
				switch g.problem {
				case "":
					bodies = append(bodies, g.body)
				case "corrupt_gzip":
					named++
				default:
					t.Errorf("cut at %d: %s", at, g)
				}
			}
			return nil
		})
		if err != nil || named != 1 {
			t.Errorf("cut at %d: %d rejects name the break, %v", at, named, err)
		}
		if !bytes.HasPrefix(text, []byte(strings.Join(bodies, "\n"))) || len(bodies) < before {
			t.Errorf("cut at %d: bodies differ", at)
		}
		before = len(bodies)
	}
	if before < 59 {
		t.Errorf("cut at its end, only %d of 60 bodies were read", before)
	}
}

// Whatever the damage, the callbacks before it are kept and it is told.
func TestDamageIsTold(t *testing.T) {
	text := incompressible(40)
	rng := rand.New(rand.NewPCG(5, 6))
	for name, whole := range map[string][]byte{
		"gzip": gz(text), "zstd": zst(text), "tar.gz": gz(tarred(member{"a", text})),
		"zip": zipped(member{"a", text}), "gzip in tar": tarred(member{"a.gz", gz(text)}), "gzip in zip": zipped(member{"a.gz", gz(text)}),
	} {
		sound := openAll(t, whole)
		for range 60 {
			at := rng.IntN(len(whole) - 1)
			if rows := openAll(t, whole[:max(at, 4)]); !toldOf(rows) && len(rows) >= len(sound) {
				t.Errorf("%s cut at %d: nothing told", name, at)
			}
			rows := openAll(t, changed(whole, at))
			if bodies := strings.Join(rows, "\n"); bodies != strings.Join(sound, "\n") && !toldOf(rows) && len(rows) >= len(sound) && !strings.Contains(name, " in ") {
				t.Errorf("%s changed at %d: other bodies, nothing told", name, at)
			}
		}
	}
}

// toldOf tells whether any row is a reject.
func toldOf(rows []string) bool {
	for _, row := range rows {
		for _, reason := range []string{"corrupt_", "gzip_", "binary_file", "malformed_json", "zip_encrypted", "not_an_object"} {
			if strings.Contains(row, reason) {
				return true
			}
		}
	}
	return false
}

// Members lie where the archive lies: nothing is written beside a temporary
// file, and that is gone afterwards.
func TestNothingIsLeftBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", filepath.Join(dir, "tmp"))
	if err := os.MkdirAll(filepath.Join(dir, "tmp", "deep", "er"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "tmp", "deep", "er"))
	evil := []member{{"../../a", []byte(bodyA)}, {"b/../../c", []byte(bodyB)}, {"d", []byte(bodyC)}}
	data := tarred(member{"z.zip", zipped(evil...)}, member{"t.tar", tarred(evil...)})
	f := tempFile(t, data)
	err := openContainer(f, int64(len(data)), func(_ string, r io.Reader) error {
		readFrames(t, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("left behind: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A log still being written is read to where it was when it was hashed.
func TestOpenContainerStopsAtSize(t *testing.T) {
	f := tempFile(t, []byte(bodyA+"\n"+bodyB+"\n"))
	n := 0
	err := openContainer(f, int64(len(bodyA))+1, func(_ string, r io.Reader) error {
		all, _ := readFrames(t, r)
		n += len(all)
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d frames, %v", n, err)
	}
}

func TestOpenContainerReturnsErrorOfMember(t *testing.T) {
	for _, c := range containerCases() {
		err := openContainer(tempFile(t, c.data), int64(len(c.data)), func(string, io.Reader) error { return io.ErrClosedPipe })
		if len(c.want) > 0 && err != io.ErrClosedPipe {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}
