//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xtally/xtally/reports/mail/mailtest"
)

// TestKilled kills the whole job (load, build, reports, mail) with a signal that
// leaves it no time, at moments drawn from its whole length, up to three times in
// a row. The run after that must leave the files of one that nobody disturbed,
// byte for byte, and the mail must have gone out once. Where the server took it in
// the instant of the kill nobody can know, and it goes again under the same
// Message-ID; the delivery log then says so.
//
// XTALLY_KILLS=200 kills so often; by default it is 6.
func TestKilled(t *testing.T) {
	unraced(t)
	kills, seed := 6, uint64(time.Now().UnixNano())
	if text := os.Getenv("XTALLY_KILLS"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 0))
	demo := demoArchive(t)
	undisturbed := newKillJob(t, demo)
	start := time.Now()
	undisturbed.run(t)
	took := time.Since(start)
	undisturbed.mailedOnce(t)
	want := reportsUnder(t, undisturbed.dir)

	stages := map[string]int{}
	for done := 0; done < kills; {
		job := newKillJob(t, demo)
		for range 1 + draw.IntN(3) {
			after := time.Duration(draw.Int64N(int64(took)))
			if draw.IntN(3) == 0 { // reports and mail are short: more often there
				after = took - time.Duration(draw.Int64N(int64(took)/4))
			}
			if job.killed(t, after) {
				stages[job.stage(t)]++
				done++
			}
		}
		job.run(t)
		sameReports(t, job.dir, want, fmt.Sprintf("a kill (%v)", job.at))
		job.mailedOnce(t)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d kills within %v; found afterwards: %v", kills, took.Round(time.Millisecond), stages)
}

// killJob is one folder with settings, a mail server and what the runs in it left.
type killJob struct {
	dir    string
	server *mailtest.Server
	at     []time.Duration // when it was killed
}

func newKillJob(t *testing.T, archive string) *killJob {
	t.Helper()
	dir := t.TempDir()
	server, err := mailtest.Start(false, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	settings := "archive: " + strconv.Quote(archive) + "\nmail: {host: 127.0.0.1, port: " + strconv.Itoa(server.Port) +
		", from: xtally@example.com, user: reports@example.com, ca_file: ca.pem}\n"
	for name, content := range map[string][]byte{"xtally.yaml": []byte(settings), "ca.pem": server.CA} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &killJob{dir: dir, server: server}
}

func (j *killJob) command() *exec.Cmd {
	cmd := exec.Command("xtally", "run", "--month", "2026-10", "--out", "out", "--format", "csv,xlsx", "--mail-to", "finance@example.com")
	cmd.Dir = j.dir
	cmd.Env = append(os.Environ(), "XTALLY_SMTP_PASSWORD="+mailtest.Password, "XTALLY_WORKBOOK_PASSWORD=", "GORACE=atexit_sleep_ms=0")
	return cmd
}

func (j *killJob) run(t *testing.T) {
	t.Helper()
	if out, err := j.command().CombinedOutput(); err != nil {
		t.Fatalf("a run after kills at %v: %v\n%s", j.at, err, out)
	}
}

// killed runs the job and kills it after so long. It tells whether the job was
// still running then.
func (j *killJob) killed(t *testing.T, after time.Duration) bool {
	t.Helper()
	cmd := j.command()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	cmd.Process.Kill()
	var exit *exec.ExitError
	if err := cmd.Wait(); err == nil {
		return false
	} else if !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("the job ended by itself: %v", err)
	}
	j.at = append(j.at, after.Round(time.Millisecond))
	return true
}

// stage tells how far the job had come, by what it left.
func (j *killJob) stage(t *testing.T) string {
	t.Helper()
	there := func(name string) bool {
		_, err := os.Stat(filepath.Join(j.dir, name))
		return err == nil
	}
	switch {
	case len(j.server.Mails()) > 0:
		return "mailed"
	case there("out/2026-10/manifest.json"):
		return "reported"
	case there("out"):
		return "reporting"
	case !there("xtally.duckdb"):
		return "nothing"
	}
	// A copy is asked, so that the job finds its database as the kill left it.
	copied := filepath.Join(t.TempDir(), "copy.duckdb")
	for _, end := range []string{"", ".wal"} {
		content, err := os.ReadFile(filepath.Join(j.dir, "xtally.duckdb"+end))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		} else if err == nil {
			if err := os.WriteFile(copied+end, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	switch has, err := duckdb(copied, "select string_agg(schema_name || '.' || table_name, ' ') from duckdb_tables()"); {
	case err != nil:
		return "database not yet one"
	case strings.Contains(has, "marts."):
		return "built"
	case strings.Contains(has, "calls.calls"):
		return "building"
	case strings.Contains(has, "raw.files"):
		return "loading"
	}
	return "database made"
}

// reportsUnder are the bytes of all files under out in dir.
func reportsUnder(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	root := filepath.Join(dir, "out")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, root)] = content
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d reports, error %v", len(files), err)
	}
	return files
}

// sameReports holds the reports in dir against those wanted, after what happened.
func sameReports(t *testing.T, dir string, want map[string][]byte, after string) {
	t.Helper()
	got := reportsUnder(t, dir)
	for name := range want {
		if !bytes.Equal(got[name], want[name]) {
			t.Errorf("%s differs after %s", name, after)
		}
	}
	for name := range got {
		if want[name] == nil {
			t.Errorf("%s was left after %s", name, after)
		}
	}
}

// mailedOnce holds the server's mails against the delivery log.
func (j *killJob) mailedOnce(t *testing.T) {
	t.Helper()
	ids := map[string]int{}
	for _, m := range j.server.Mails() {
		msg, err := mail.ReadMessage(bytes.NewReader(m.Data))
		if err != nil {
			t.Fatal(err)
		}
		ids[msg.Header.Get("Message-Id")]++
	}
	unknown, err := duckdb(filepath.Join(j.dir, "xtally.duckdb"), "select count(*) from raw.deliveries where outcome = 'unknown'")
	if err != nil {
		t.Fatal(err)
	}
	most, err := strconv.Atoi(unknown)
	if err != nil {
		t.Fatal(err)
	}
	if len(ids) != 1 || len(j.server.Mails()) > 1+most {
		t.Errorf("mails by Message-ID %v, of them unknown to the log %d; want one (%v)", ids, most, j.at)
	}
}
