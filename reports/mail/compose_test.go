package mail

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"flag"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

var update = flag.Bool("update", false, "write testdata anew")

var october = Figures{
	Month: "2026-10", TotalCNY: "296.96", Calls: 2988, BilledMin: 3929, Messages: 223,
	Apps: []App{{"app-b", 1181, 1429, 80, "107.75"}, {"app-<a>", 438, 698, 35, "51.49"}},
	Days: []Day{{1, 1204}, {2, 980}, {31, 1}}, Notes: []string{"Charged at list prices."}, Folder: "/srv/reports/2026-10",
}

var date = time.Date(2026, 11, 3, 3, 0, 0, 0, time.UTC)

// book is a small workbook.
func book(t *testing.T, cells int) File {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // no secret
	for i := range cells {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellValue("Sheet1", cell, r.Int64()); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return File{"xtally-2026-10.xlsx", b.Bytes()}
}

// The words of the mails stand in testdata, for people to read.
func TestComposeWords(t *testing.T) {
	provisional := october
	provisional.Provisional, provisional.AsOf = true, "2026-10-12"
	empty := Figures{Month: "2026-10", TotalCNY: "0.00", Folder: "reports/2026-10"}
	tests := map[string]struct {
		figures Figures
		options Options
	}{
		"en":             {october, Options{Lang: "en", Password: "pw"}},
		"zh":             {october, Options{}},
		"en-provisional": {provisional, Options{Lang: "en", AttachAtMost: 10}},
		"zh-provisional": {provisional, Options{ZipAbove: 10}},
		"zh-empty":       {empty, Options{AttachAtMost: 10}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := Compose(tt.figures, book(t, 1), date, tt.options)
			if err != nil {
				t.Fatal(err)
			}
			got := "Subject: " + m.Subject + "\n\n" + m.Text + "\n" + m.HTML
			file := "testdata/" + name + ".txt"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("words (-want +got):\n%s", diff)
			}
		})
	}
}

func TestComposeListsTheDearestApps(t *testing.T) {
	f := october
	f.Apps = nil
	for range mostApps + 3 {
		f.Apps = append(f.Apps, App{AppKey: "app"})
	}
	m, err := Compose(f, File{}, date, Options{Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(m.Text, "  app: "); n != mostApps || !strings.Contains(m.Text, "3 more applications") {
		t.Errorf("%d apps in\n%s", n, m.Text)
	}
	if len(m.Attached) != 0 || strings.Contains(m.Text, "Attached") {
		t.Errorf("attached %d files without a workbook", len(m.Attached))
	}
}

func TestAttachment(t *testing.T) {
	small := book(t, 10)
	large := book(t, 5000)
	tests := map[string]struct {
		workbook File
		options  Options
		want     string
	}{
		"as it is":                   {small, Options{}, "xtally-2026-10.xlsx"},
		"zipped":                     {large, Options{ZipAbove: 20_000}, "xtally-2026-10.zip"},
		"too large even zipped":      {large, Options{ZipAbove: 20_000, AttachAtMost: 25_000}, ""},
		"protected":                  {small, Options{Password: "pw 密码"}, "xtally-2026-10.xlsx"},
		"protected, zipped":          {large, Options{Password: "pw 密码", ZipAbove: 20_000}, "xtally-2026-10.zip"},
		"no larger than the limit":   {small, Options{ZipAbove: int64(len(small.Content)), AttachAtMost: int64(len(small.Content))}, "xtally-2026-10.xlsx"},
		"a byte larger than allowed": {small, Options{AttachAtMost: 100}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := Compose(october, tt.workbook, date, tt.options)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == "" {
				if len(m.Attached) != 0 || !strings.Contains(m.Text, "xtally-2026-10.xlsx 过大，未随邮件发送") || !strings.Contains(m.HTML, october.Folder) {
					t.Fatalf("attached %d files; text\n%s", len(m.Attached), m.Text)
				}
				return
			}
			if len(m.Attached) != 1 || m.Attached[0].Name != tt.want {
				t.Fatalf("attached %d files", len(m.Attached))
			}
			content := m.Attached[0].Content
			if strings.HasSuffix(tt.want, ".zip") {
				content = unzip(t, content)
			}
			if tt.options.Password == "" {
				if !bytes.Equal(content, tt.workbook.Content) {
					t.Error("the workbook is another")
				}
				return
			}
			if bytes.Contains(content, []byte("xl/workbook.xml")) {
				t.Error("the workbook can be read without the password")
			}
			f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{Password: tt.options.Password})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if v, err := f.GetCellValue("Sheet1", "A10"); err != nil || v == "" {
				t.Errorf("A10 is %q, %v", v, err)
			}
		})
	}
}

func unzip(t *testing.T, content []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != "xtally-2026-10.xlsx" {
		t.Fatalf("zip: %v", err)
	}
	r, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The key is that of what is said: the same twice, another for other figures,
// and not shaken by when it was said or by the salt of the protection.
func TestKey(t *testing.T) {
	compose := func(f Figures, workbook File, at time.Time, o Options) Message {
		m, err := Compose(f, workbook, at, o)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	workbook := book(t, 3)
	first := compose(october, workbook, date, Options{Password: "pw"})
	again := compose(october, workbook, date.AddDate(0, 0, 1), Options{Password: "pw"})
	if bytes.Equal(first.Attached[0].Content, again.Attached[0].Content) {
		t.Fatal("protection without a salt: this test proves nothing")
	}
	if first.Key != again.Key {
		t.Error("the same mail has two keys")
	}
	other := october
	other.Days = []Day{{1, 1205}}
	keys := map[string]string{
		"the first":        first.Key,
		"other figures":    compose(other, workbook, date, Options{Password: "pw"}).Key,
		"another workbook": compose(october, book(t, 4), date, Options{Password: "pw"}).Key,
		"unprotected":      compose(october, workbook, date, Options{}).Key,
		"English":          compose(october, workbook, date, Options{Password: "pw", Lang: "en"}).Key,
	}
	seen := map[string]string{}
	for name, key := range keys {
		if was, ok := seen[key]; ok || len(key) != 32 {
			t.Errorf("%s and %s have the key %q", name, was, key)
		}
		seen[key] = name
	}

	// What is kept in an outbox comes back whole.
	b, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	var back Message
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, back); diff != "" {
		t.Errorf("kept and read again (-want +got):\n%s", diff)
	}
}

func TestPicture(t *testing.T) {
	days := []Day{{0, 500}, {1, 1000}, {15, 2000}, {28, 1}, {29, 0}, {30, 9999}}
	b, err := drawDays("2026-02", days) // 28 days: 0, 29 and 30 are none of it
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	slot := (plotRight - plotLeft) / 28
	tops := map[int]int{} // day: where its bar begins
	for day := 1; day <= 28; day++ {
		x := plotLeft + slot*(day-1) + slot/2
		for y := plotTop; y < plotBottom; y++ {
			if r, g, bl, _ := img.At(x, y).RGBA(); (color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(bl >> 8), 255}) == bar {
				tops[day] = y
				break
			}
		}
	}
	top, _ := scale(9999)
	want := map[int]int{1: height(1000, top), 15: height(2000, top), 28: plotBottom - 1}
	if diff := cmp.Diff(want, tops); diff != "" {
		t.Errorf("tops of bars (-want +got):\n%s", diff)
	}
	if _, err := drawDays("October", nil); err == nil {
		t.Error("no error for a month that is none")
	}
}

func TestScale(t *testing.T) {
	tests := []struct{ most, top, step int64 }{
		{0, 1, 1}, {1, 1, 1}, {5, 5, 1}, {6, 6, 2}, {99, 100, 20}, {2000, 2000, 500}, {123456, 150000, 50000}, {1_000_000, 1_000_000, 200_000},
	}
	for _, tt := range tests {
		if top, step := scale(tt.most); top != tt.top || step != tt.step {
			t.Errorf("scale(%d) is %d by %d, want %d by %d", tt.most, top, step, tt.top, tt.step)
		}
	}
	if got := cny(150, 50) + " " + cny(20000, 10000); got != "1.50 200" {
		t.Errorf("labels %s", got)
	}
}
