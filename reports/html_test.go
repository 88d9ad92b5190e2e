package reports

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// mustPage writes the page and returns its path and text.
func mustPage(t *testing.T, db Queryer, o Options) (path, text string) {
	t.Helper()
	dir := t.TempDir()
	o.Formats = []Format{HTML}
	files, err := Write(t.Context(), db, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || files[0].Name != "xtally-2026-10.html" {
		t.Fatalf("files %v", files)
	}
	path = filepath.Join(dir, files[0].Name)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, string(b)
}

func pageOptions() Options {
	o := october()
	o.Lang, o.Charts = EN, someCharts()
	o.Answers = []Section{{Title: "In short", Lines: []Line{
		{Label: "Total", Name: "total_cny", Value: "1234567.89", Report: "charges_by_app"},
		{Label: "Records", Value: "holes", Tone: Bad, Remark: `<script>alert("x")</script>`, Report: "coverage"},
	}}}
	o.Sections = []Section{{Title: "Packages", Lines: []Line{{Label: "p-1", Name: "used", Value: "5"}}}}
	o.Provenance = []KV{{"price call", "0.06 CNY"}}
	return o
}

func TestPage(t *testing.T) {
	db := mustMarts(t)
	mustExec(t, db, `insert into marts.charges_by_app select '2026-10-01', '<b>app' || n || '</b>', 1, 1, 60, 1, 0, 0.06, 0.06, 0, 0, 0, 0, 0.06 from range(250) r(n)`)
	_, text := mustPage(t, db, pageOptions())
	for _, want := range []string{
		"<title>Privacy number charges 2026-10</title>", "default-src 'none'", `<span class="value ">1,234,567.89</span>`, `<a href="#charges_by_app">Total</a>`,
		`<span class="value bad">holes</span>`, "&lt;script&gt;alert", "&lt;b&gt;app1&lt;/b&gt;", "The first 200 of 252 rows; the workbook and the CSV hold all.",
		`role="img" aria-label="Stacked"`, `<th scope="row">Mon</th>`, "0.06 CNY",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, not := range []string{"<script>alert", "<b>app1", "http://", "https://", "Nothing</h3>", `href="#coverage"`} {
		rest := strings.ReplaceAll(strings.ReplaceAll(text, "http://www.w3.org/2000/svg", ""), "http://www.w3.org/1999/xlink", "")
		if strings.Contains(rest, not) {
			t.Errorf("the page has %s", not)
		}
	}
}

func TestPageTwiceGivesTheSameBytes(t *testing.T) {
	_, first := mustPage(t, mustMarts(t), pageOptions())
	for range 3 {
		if _, again := mustPage(t, mustMarts(t), pageOptions()); again != first {
			t.Fatal("the same marts and options gave another page")
		}
	}
}

// browser is a Chromium, or the test is skipped.
func browser(t *testing.T) context.Context {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			opts := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox)
			ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
			t.Cleanup(cancel)
			ctx, cancel = chromedp.NewContext(ctx)
			t.Cleanup(cancel)
			ctx, cancel = context.WithTimeout(ctx, time.Minute)
			t.Cleanup(cancel)
			return ctx
		}
	}
	t.Skip("no chromium here: the page is not tried in a browser")
	return nil
}

func do(t *testing.T, ctx context.Context, action chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, action); err != nil {
		t.Fatal(err)
	}
}

// eval is the value of an expression on the page; of a promise what it comes to.
func eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// In a real browser the page asks the network for nothing, complains of nothing, sorts,
// filters, and fits on a phone.
func TestPageInABrowser(t *testing.T) {
	ctx := browser(t)
	db := mustMarts(t)
	mustExec(t, db, `insert into marts.charges_by_app select '2026-10-01', 'app' || n, n, n, 60, n, 0, 0.06, 0.06, 0, 0, 0, 0, n + 0.5 from range(30) r(n)`)
	path, _ := mustPage(t, db, pageOptions())
	var mu sync.Mutex
	var said, asked []string
	err := chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *log.EventEntryAdded:
			said = append(said, e.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			said = append(said, string(e.Type))
		case *runtime.EventExceptionThrown:
			said = append(said, e.ExceptionDetails.Text)
		case *network.EventRequestWillBeSent:
			asked = append(asked, e.Request.URL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.EmulateViewport(1280, 900))
	do(t, ctx, chromedp.Navigate("file://"+path))
	const fits = `document.documentElement.scrollWidth <= window.innerWidth`
	click := func(column int) {
		eval[any](t, ctx, fmt.Sprintf(`document.querySelector("#t-charges_by_app th:nth-child(%d) button").click()`, column))
	}
	top := func(column int) string {
		return eval[string](t, ctx, fmt.Sprintf(`document.querySelector("#t-charges_by_app tbody tr:not([hidden]) td:nth-child(%d)").textContent`, column))
	}
	wide := eval[bool](t, ctx, fits)
	click(3) // numbers: the largest first
	first := top(3)
	click(3) // then the smallest
	second := top(3)
	click(2) // words: from the first sign
	third := top(2)
	do(t, ctx, chromedp.SendKeys(`input[data-table="t-charges_by_app"]`, "app17"))
	hidden := eval[string](t, ctx, `[...document.querySelectorAll("#t-charges_by_app tbody tr")].filter(r => !r.hidden).map(r => r.cells[1].textContent).join(" ")`)
	status := eval[string](t, ctx, `document.querySelector("input[data-table=t-charges_by_app]").closest("p").querySelector("[role=status]").textContent`)
	do(t, ctx, chromedp.EmulateViewport(360, 700))
	phone := eval[bool](t, ctx, fits)
	mu.Lock()
	defer mu.Unlock()
	if first != "1,200" || second != "0" || third != "=app2" {
		t.Errorf("sorted: largest %q, smallest %q, first word %q", first, second, third)
	}
	if hidden != "app17" || status != "1 / 32" {
		t.Errorf("filtered: %q, %q", hidden, status)
	}
	if !wide || !phone {
		t.Errorf("fits a screen: %t, a phone: %t", wide, phone)
	}
	if len(said) > 0 {
		t.Errorf("the browser says: %q", said)
	}
	if len(asked) != 1 || !strings.HasPrefix(asked[0], "file://") {
		t.Errorf("the page asks for %q", asked)
	}
}

// The policy of the page holds: what it is made to ask for does not go out.
func TestPageStaysOffTheNetwork(t *testing.T) {
	ctx := browser(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan string, 10)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }), ReadHeaderTimeout: time.Second}
	go server.Serve(listener)
	defer server.Close()
	path, _ := mustPage(t, mustMarts(t), pageOptions())
	do(t, ctx, chromedp.Navigate("file://"+path))
	outcome := eval[string](t, ctx, `fetch("http://`+listener.Addr().String()+`/x").then(() => "went", () => "refused")`)
	if outcome != "refused" || len(asked) > 0 {
		t.Errorf("a fetch %s, %d requests came", outcome, len(asked))
	}
}
