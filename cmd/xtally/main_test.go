package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/xtally/xtally/reports/mail/mailtest"
)

// TestMain lets the scripts run the command, and the two programs that bring a
// database into a state the command itself never leaves.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"xtally": main,
		"duckdb": duckdbMain,
		"hold":   holdMain,
	})
}

// TestScripts runs testdata/script: one user's story a script, its inputs
// inside. What is special to them is in commands, below.
func TestScripts(t *testing.T) {
	demo := demoArchive(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Cmds:                commands,
		Condition:           condition,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			// The race detector would have every program sleep a second at its end.
			e.Vars = append(e.Vars, "DEMO="+demo, "GORACE=atexit_sleep_ms=0", "XTALLY_LOG_FORMAT=text", "XTALLY_LISTEN=127.0.0.1:0")
			e.Values[state{}] = &state{}
			return nil
		},
	})
}

// unraced skips a test that is about figures and not about goroutines when the race
// detector is on: it would only take longer.
func unraced(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("told without the race detector")
	}
}

// demoArchive is the folder of the archive that is shipped.
func demoArchive(t *testing.T) string {
	t.Helper()
	demo, err := filepath.Abs("../../testdata/demo/in")
	if err != nil {
		t.Fatal(err)
	}
	return demo
}

// commands are the scripts' own words.
var commands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"exits":      exits,      // exits CODE PROGRAM ARGS…: runs it, which must end with this code
	"within":     within,     // within 3s PROGRAM ARGS…: runs it, which must succeed with so much of a processor, if at the third time
	"jsonok":     jsonok,     // jsonok FILE [KEY…]: FILE is one JSON value, an object with these keys
	"sametree":   sametree,   // sametree A B: the folders hold the same files and bytes
	"holds":      holds,      // [!] holds TEXT PATH…: a file under PATH has TEXT, also inside a workbook or Parquet
	"bulk":       bulk,       // bulk N FILE: writes N callbacks of one call each
	"cutgzip":    cutgzip,    // cutgzip FROM TO: compresses FROM and leaves off the end
	"awaitfile":  awaitfile,  // awaitfile FILE: waits until it is there; may be a pattern
	"interrupt":  interrupt,  // interrupt [SIGNAL]: sends SIGINT, TERM or KILL to the program started last with &
	"wasexit":    wasexit,    // wasexit CODE [10s]: after wait, how the interrupted program ended, and how soon
	"unreadable": unreadable, // unreadable PATH: takes all rights away
	"smtpd":      smtpd,      // smtpd [FAULT]: starts a mail server, with its authority in ca.pem and its port for "port: 0" in all *.yaml; or changes how it misbehaves
	"mails":      mails,      // mails N [TEXT…]: the server took N mails, the last of which has these texts
	"samemail":   samemail,   // samemail: all mails the server took have one Message-ID
	"awaitmails": awaitmails, // awaitmails N: waits until the server took N mails
}

// condition adds [root], for whom no folder is read-only, and [raced], which a story
// of figures and texts skips: goroutines of ours run in the others.
func condition(name string) (bool, error) {
	switch name {
	case "root":
		return os.Geteuid() == 0, nil
	case "raced":
		return raced, nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

// state is what the commands of one script share.
type state struct {
	interrupted *exec.Cmd
	at          time.Time // when it was
	mail        *mailtest.Server
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// within counts the processor seconds of the process. Other work on the machine only adds
// to them, so the least of three runs is held against the limit.
func within(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: within DURATION PROGRAM ARGS…")
	}
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	var took []time.Duration
	for len(took) < 3 {
		cmd := exec.Command(args[1], args[2:]...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), ts.Stdout(), ts.Stderr()
		ts.Check(cmd.Run())
		took = append(took, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		if slices.Min(took) <= limit {
			return
		}
	}
	ts.Fatalf("took %v of a processor, want at most %v", took, limit)
}

func jsonok(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: jsonok FILE [KEY…]")
	}
	text := ts.ReadFile(args[0])
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		ts.Fatalf("%s is not JSON: %v\n%s", args[0], err, text)
	}
	object, _ := v.(map[string]any)
	for _, key := range args[1:] {
		if object[key] == nil {
			ts.Fatalf("%s has no %q, or null", args[0], key)
		}
	}
}

func sametree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sametree A B")
	}
	a, b := tree(ts, args[0]), tree(ts, args[1])
	if len(a) == 0 {
		ts.Fatalf("%s is empty", args[0])
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			ts.Fatalf("%s is only in %s", name, args[1])
		}
	}
	for name, content := range a {
		if got, ok := b[name]; !ok || !bytes.Equal(got, content) {
			ts.Fatalf("%s differs, or is only in %s", name, args[0])
		}
	}
}

// tree reads all files under a path, by their path under it.
func tree(ts *testscript.TestScript, root string) map[string][]byte {
	files := map[string][]byte{}
	root = ts.MkAbs(root)
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, root)] = b
		return err
	}))
	return files
}

func holds(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: holds TEXT PATH…")
	}
	var in []string
	read := 0
	for _, root := range args[1:] {
		for name, content := range tree(ts, root) {
			read++
			if bytes.Contains(unpacked(ts, ts.MkAbs(root)+name, content), []byte(args[0])) {
				in = append(in, root+name)
			}
		}
	}
	switch {
	case read == 0:
		ts.Fatalf("no files under %v", args[1:])
	case neg && len(in) > 0:
		ts.Fatalf("%s is in %v", args[0], in)
	case !neg && len(in) == 0:
		ts.Fatalf("%s is in none of %d files", args[0], read)
	}
}

// unpacked returns a file's text: of a workbook or zip that of its parts, of a
// Parquet file that of its rows.
func unpacked(ts *testscript.TestScript, path string, content []byte) []byte {
	switch filepath.Ext(path) {
	case ".xlsx", ".zip":
		parts, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		ts.Check(err)
		var all []byte
		for _, p := range parts.File {
			r, err := p.Open()
			ts.Check(err)
			b, err := io.ReadAll(r)
			ts.Check(errors.Join(err, r.Close()))
			all = append(all, p.Name...)
			all = append(all, unpacked(ts, p.Name, b)...)
		}
		return all
	case ".parquet":
		rows, err := duckdb("", "select string_agg(t::varchar, chr(10)) from read_parquet('"+path+"') as t")
		ts.Check(err)
		return []byte(rows)
	}
	return content
}

func bulk(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: bulk N FILE")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var b bytes.Buffer
	for i := range n {
		end := time.Date(2026, 10, 5, 0, 0, i, 0, time.UTC)
		fmt.Fprintf(&b, `{"eventType":"fee","feeLst":[{"appKey":"app-a","icid":"call-%d","bindNum":"+8617000000001",`+
			`"callInTime":%q,"fwdAnswerTime":%q,"callEndTime":%q,"ulFailReason":0,"serviceType":"004"}]}`+"\n", i,
			end.Add(-2*time.Minute).Format(time.DateTime), end.Add(-time.Minute).Format(time.DateTime), end.Format(time.DateTime))
	}
	file := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o777))
	ts.Check(os.WriteFile(file, b.Bytes(), 0o666))
}

func cutgzip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cutgzip FROM TO")
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, ts.ReadFile(args[0]))
	ts.Check(errors.Join(err, w.Flush(), w.Close()))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes()[:b.Len()-12], 0o666))
}

func awaitfile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: awaitfile FILE")
	}
	for range 2000 {
		found, err := filepath.Glob(ts.MkAbs(args[0]))
		ts.Check(err)
		if len(found) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s did not come", args[0])
}

func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	running := ts.BackgroundCmds()
	if neg || len(args) > 1 || len(running) == 0 {
		ts.Fatalf("usage: interrupt [TERM|KILL], after a line that ends with &")
	}
	signal := os.Interrupt
	switch strings.Join(args, "") {
	case "TERM":
		signal = syscall.SIGTERM
	case "KILL":
		signal = os.Kill
	}
	last := running[len(running)-1]
	st := ts.Value(state{}).(*state)
	st.interrupted, st.at = last, time.Now()
	ts.Check(last.Process.Signal(signal))
}

func wasexit(ts *testscript.TestScript, neg bool, args []string) {
	st := ts.Value(state{}).(*state)
	program := st.interrupted
	if neg || len(args) < 1 || len(args) > 2 || program == nil || program.ProcessState == nil {
		ts.Fatalf("usage: wasexit CODE [DURATION], after interrupt and wait")
	}
	if len(args) == 2 {
		limit, err := time.ParseDuration(args[1])
		ts.Check(err)
		if took := time.Since(st.at); took > limit {
			ts.Fatalf("ended after %v, want at most %v", took, limit)
		}
	}
	if got := strconv.Itoa(program.ProcessState.ExitCode()); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

func unreadable(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: unreadable PATH")
	}
	path := ts.MkAbs(args[0])
	ts.Check(os.Chmod(path, 0))
	ts.Defer(func() { ts.Check(os.Chmod(path, 0o700)) })
}

func smtpd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: smtpd [FAULT]")
	}
	st := ts.Value(state{}).(*state)
	fault := mailtest.Fault(strings.Join(args, ""))
	if st.mail != nil {
		st.mail.Behave(fault)
		return
	}
	server, err := mailtest.Start(false, fault)
	ts.Check(err)
	st.mail = server
	ts.Defer(func() {
		server.Behave("")
		server.Close()
	})
	ts.Setenv("XTALLY_SMTP_PASSWORD", mailtest.Password)
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), server.CA, 0o666))
	files, err := filepath.Glob(ts.MkAbs("*.yaml"))
	ts.Check(err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		ts.Check(err)
		ts.Check(os.WriteFile(f, bytes.ReplaceAll(b, []byte("port: 0"), fmt.Appendf(nil, "port: %d", server.Port)), 0o666))
	}
}

func mails(ts *testscript.TestScript, neg bool, args []string) {
	st := ts.Value(state{}).(*state)
	if neg || len(args) < 1 || st.mail == nil {
		ts.Fatalf("usage: mails N [TEXT…], after smtpd")
	}
	took := st.mail.Mails()
	if strconv.Itoa(len(took)) != args[0] {
		ts.Fatalf("the server took %d mails, want %s", len(took), args[0])
	}
	for _, text := range args[1:] {
		if last := took[len(took)-1]; !bytes.Contains(last.Data, []byte(text)) {
			ts.Fatalf("the last mail lacks %q:\n%.2000s", text, last.Data)
		}
	}
}

func samemail(ts *testscript.TestScript, neg bool, args []string) {
	st := ts.Value(state{}).(*state)
	if neg || len(args) != 0 || st.mail == nil {
		ts.Fatalf("usage: samemail, after smtpd")
	}
	ids := map[string]bool{}
	for _, m := range st.mail.Mails() {
		msg, err := mail.ReadMessage(bytes.NewReader(m.Data))
		ts.Check(err)
		ids[msg.Header.Get("Message-Id")] = true
	}
	if len(ids) != 1 {
		ts.Fatalf("mails of different ids: %v", ids)
	}
}

func awaitmails(ts *testscript.TestScript, neg bool, args []string) {
	st := ts.Value(state{}).(*state)
	if neg || len(args) != 1 || st.mail == nil {
		ts.Fatalf("usage: awaitmails N, after smtpd")
	}
	for range 3000 {
		if strconv.Itoa(len(st.mail.Mails())) == args[0] {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("the server took %d mails, want %s", len(st.mail.Mails()), args[0])
}

// duckdbMain is the program duckdb FILE SQL: it prints the first value.
func duckdbMain() {
	text, err := duckdb(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(text)
}

// holdMain is the program hold FILE READY: it keeps a database open, and says
// so by making the file READY.
func holdMain() {
	db, err := sql.Open("duckdb", os.Args[1])
	if err == nil {
		err = db.Ping()
	}
	if err == nil {
		err = os.WriteFile(os.Args[2], nil, 0o666)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	time.Sleep(time.Minute)
}

// duckdb runs SQL and returns the first value of its result as text.
func duckdb(file, query string) (string, error) {
	db, err := sql.Open("duckdb", file)
	if err != nil {
		return "", err
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var value any
	if rows.Next() {
		if err := rows.Scan(&value); err != nil {
			return "", err
		}
	}
	return fmt.Sprint(value), rows.Err()
}

// full is a writer with no room left.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

// A result that could not be printed is an error, or a script that reads it
// would take silence for success.
func TestResultThatWentNowhereIsAnError(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"report", "--list"}, {"run", "--help"}, {"status", "--help"}} {
		var stderr bytes.Buffer
		if code := run(context.Background(), args, full{}, &stderr); code != exitError {
			t.Errorf("%v: exit code %d, want %d", args, code, exitError)
		}
		if !strings.Contains(stderr.String(), "no room") {
			t.Errorf("%v: stderr %q", args, stderr.String())
		}
	}
}

// Every error of several joined ones stands on a line of its own.
func TestJoinedErrorsStandOnTheirOwnLines(t *testing.T) {
	var b bytes.Buffer
	printError(&b, errors.Join(errors.New("load a: gone; check it"), errors.Join(fmt.Errorf("load b: %w", fs.ErrPermission))))
	want := "xtally: load a: gone; check it\n" +
		"xtally: load b: permission denied; check the rights of the file and its folder\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// A command without help, an example or the exit codes is a riddle.
func TestEveryCommandExplainsItself(t *testing.T) {
	names := []string{""}
	for _, c := range newRoot(&app{}).Commands() {
		names = append(names, c.Name())
	}
	for _, name := range names {
		args := slices.DeleteFunc([]string{name, "--help"}, func(s string) bool { return s == "" })
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), args, &stdout, &stderr); code != exitDone || stderr.Len() > 0 {
			t.Errorf("%v: exit code %d, stderr %q", args, code, stderr.String())
		}
		for _, want := range []string{"Usage:\n", "Examples:\n  xtally ", "Exit status:\n", "2 wrong usage", "130 interrupted", "-h, --help"} {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("%v: no %q in\n%s", args, want, stdout.String())
			}
		}
		for line := range strings.Lines(stdout.String()) {
			if len([]rune(line)) > 140 {
				t.Errorf("%v: a line of %d characters: %s", args, len([]rune(line)), line)
			}
		}
	}
}

func TestSparkline(t *testing.T) {
	for _, test := range []struct {
		values []int64
		want   string
	}{
		{nil, ""},
		{[]int64{0, 0}, ""},
		{[]int64{0, 1, 50, 99, 100, 1000}, " ▁▁▁▁█"},
		{[]int64{4, 8, 2, 0}, "▄█▂ "},
	} {
		if got := sparkline(test.values); got != test.want {
			t.Errorf("%v is drawn %q, want %q", test.values, got, test.want)
		}
	}
}
