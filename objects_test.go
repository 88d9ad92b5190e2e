package xtally_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"

	"github.com/xtally/xtally"
)

const storeKey, storeSecret = "a-key", "a-long-secret-of-the-store"

// storeAddress is that of a real S3 server over a folder: the test binary once more,
// since the server moves into its folder and the tests' paths are relative.
var storeAddress = sync.OnceValues(func() (string, error) {
	root, err := os.MkdirTemp("", "xtally-store-")
	if err != nil {
		return "", err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return "", err
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "XTALLY_TEST_STORE="+root, "XTALLY_TEST_STORE_ADDRESS="+address)
	if err := cmd.Start(); err != nil {
		return "", err
	}
	stopStore = func() {
		cmd.Process.Kill()
		cmd.Wait()
		os.RemoveAll(root)
	}
	for range 500 {
		if c, err := net.Dial("tcp", address); err == nil {
			return address, c.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	return "", errors.New("the store did not start")
})

// stopStore ends the store's process; TestMain calls it.
var stopStore = func() {}

// runStore is the process of the store.
func runStore(root, address string) error {
	side := filepath.Join(root, "meta")
	data := filepath.Join(root, "data")
	for _, dir := range []string{side, data} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
	}
	storer, err := meta.NewSideCar(side)
	if err != nil {
		return err
	}
	backend, err := posix.New(data, storer, posix.PosixOpts{SideCarDir: side})
	if err != nil {
		return err
	}
	return embedgw.RunVersityGW(context.Background(), backend, &embedgw.Config{
		RootUserAccess: storeKey, RootUserSecret: storeSecret, Ports: []string{address}, Quiet: true,
		MaxConnections: 100, MaxRequests: 100, MultipartMaxParts: 100, KeepAlive: true,
	})
}

// store is a bucket of its own behind a proxy that can misbehave.
type store struct {
	*minio.Client
	t        *testing.T
	bucket   string
	endpoint string

	mu     sync.Mutex
	refuse func(r *http.Request) int                 // a status instead of an answer; 0: none
	cut    func(r *http.Request, length int64) int64 // how much of a body comes; -1: all of it
	seen   []string                                  // method, path and range of what was asked for
}

func newStore(t *testing.T, bucket string) *store {
	t.Helper()
	address, err := storeAddress()
	if err != nil {
		t.Fatal(err)
	}
	s := &store{t: t, bucket: bucket}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: address})
			r.Out.Host = r.In.Host // it is signed
		},
		ModifyResponse: func(r *http.Response) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.cut != nil {
				if n := s.cut(r.Request, r.ContentLength); n >= 0 {
					r.Body = struct {
						io.Reader
						io.Closer
					}{io.LimitReader(r.Body, n), r.Body}
				}
			}
			return nil
		},
		ErrorLog: discardLog(),
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("Range"))
		status := 0
		if s.refuse != nil {
			status = s.refuse(r)
		}
		s.mu.Unlock()
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.endpoint = server.URL
	s.Client, err = minio.New(strings.TrimPrefix(server.URL, "http://"), &minio.Options{
		Creds: credentials.NewStaticV4(storeKey, storeSecret, ""), BucketLookup: minio.BucketLookupPath,
	})
	if err == nil {
		err = s.MakeBucket(t.Context(), bucket, minio.MakeBucketOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *store) put(key, content string) {
	s.t.Helper()
	if _, err := s.PutObject(s.t.Context(), s.bucket, key, strings.NewReader(content), int64(len(content)), minio.PutObjectOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *store) misbehave(refuse func(*http.Request) int, cut func(*http.Request, int64) int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse, s.cut, s.seen = refuse, cut, nil
}

// asked counts the downloads whose line holds a text.
func (s *store) asked(text string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range s.seen {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func (s *store) option() xtally.Option {
	return xtally.WithObjectStore(xtally.ObjectStore{
		Endpoint: s.endpoint, PathStyle: true, AccessKey: storeKey, SecretKey: storeSecret, Wait: time.Millisecond,
	})
}

// storedCalls is a file of n calls, numbered from first.
func storedCalls(first, n int) string {
	var b strings.Builder
	for i := first; i < first+n; i++ {
		fmt.Fprintf(&b, `{"eventType":"fee","feeLst":[{"appKey":"app-a","icid":"call-%d","bindNum":"+8617000000001","callInTime":"2026-10-05 01:59:50",`+
			`"fwdAnswerTime":"2026-10-05 02:00:00","callEndTime":"2026-10-05 02:01:00","ulFailReason":0,"serviceType":"004"}]}`+"\n", i)
	}
	return b.String()
}

func TestLoadFromStore(t *testing.T) {
	s := newStore(t, "first")
	s.put("callbacks/2026-10-05/01.ndjson", storedCalls(0, 3))
	s.put("callbacks/2026-10-05/02.ndjson", storedCalls(3, 2))
	s.put("callbacks-of-others/x.ndjson", storedCalls(90, 5))
	path := filepath.Join(t.TempDir(), "x.duckdb")
	tally := mustOpen(t, path, s.option())
	r := mustLoad(t, tally, "s3://first/callbacks")
	if len(r.Failed) > 0 {
		t.Fatal(r.Failed)
	}
	if r.Records != 5 || r.Loaded != 2 || r.Files[0].Name != "2026-10-05/01.ndjson" {
		t.Errorf("loaded %d records of %d files, the first %s", r.Records, r.Loaded, r.Files[0].Name)
	}
	s.misbehave(nil, nil)
	if r := mustLoad(t, tally, "s3://first/callbacks"); r.KnownObjects != 2 || r.Records != 0 || s.asked("ndjson") != 0 {
		t.Errorf("the second load: %d known, %d records, %d fetched", r.KnownObjects, r.Records, s.asked("ndjson"))
	}
	// Today's file has grown, and there is a new one.
	s.put("callbacks/2026-10-05/02.ndjson", storedCalls(3, 4))
	s.put("callbacks/2026-10-06/01.ndjson", storedCalls(20, 1))
	s.misbehave(nil, nil)
	if r := mustLoad(t, tally, "s3://first/callbacks"); r.KnownObjects != 1 || r.Grown != 1 || s.asked("ndjson") != 2 {
		t.Errorf("the third load: %d known, %d grown, %d fetched", r.KnownObjects, r.Grown, s.asked("ndjson"))
	}
	mustBuild(t, tally)
	if got := sumColumn(t, export(t, tally, "charges_by_app", october), "call_count"); got != 800 {
		t.Errorf("%d hundredths of calls, want 8 calls", got)
	}
	if _, err := os.Stat(path + ".spool"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the spool is left: %v", err)
	}
	if r := mustLoad(t, tally, "s3://first/callbacks/2026-10-06/01.ndjson"); r.KnownObjects != 1 {
		t.Errorf("one object by its name: %+v", r)
	}
}

// A key is a name and no path: nothing is written outside the spool, and a key may be
// the folder of another.
func TestStoreKeysThatLookLikePaths(t *testing.T) {
	s := newStore(t, "paths")
	keys := []string{"in/a", "in/a.d/b c", "in/%2e%2e/x", "in/=1+1", "in/中文/话单.ndjson", "in/" + strings.Repeat("long", 50)}
	for i, key := range keys {
		s.put(key, storedCalls(i, 1))
	}
	dir := t.TempDir()
	tally := mustOpen(t, filepath.Join(dir, "x.duckdb"), s.option())
	if r := mustLoad(t, tally, "s3://paths/in"); r.Records != int64(len(keys)) {
		t.Errorf("%d records of %d objects", r.Records, len(keys))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "x.duckdb") {
			t.Errorf("%s was written", e.Name())
		}
	}
}

func TestStoreThatMisbehaves(t *testing.T) {
	s := newStore(t, "faults")
	s.put("in/1.ndjson", storedCalls(0, 400))
	s.put("in/2.ndjson", storedCalls(400, 1))
	isGet := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "1.ndjson") }
	load := func() (xtally.LoadResult, error) {
		tally := mustOpen(t, filepath.Join(t.TempDir(), "x.duckdb"), s.option())
		return tally.Load(t.Context(), "s3://faults/in")
	}

	t.Run("403 on the list", func(t *testing.T) {
		s.misbehave(func(*http.Request) int { return http.StatusForbidden }, nil)
		if _, err := load(); err == nil || !strings.Contains(err.Error(), "load s3://faults/in: the store refuses it") || !strings.Contains(err.Error(), "check the access key") {
			t.Error(err)
		}
	})
	t.Run("403 on an object", func(t *testing.T) {
		s.misbehave(func(r *http.Request) int {
			if isGet(r) {
				return http.StatusForbidden
			}
			return 0
		}, nil)
		r, err := load()
		if err != nil || len(r.Failed) != 1 || r.Records != 1 || !strings.Contains(r.Failed[0].Error(), "s3://faults/in/1.ndjson: the store refuses it") {
			t.Errorf("%d records, failed %v, %v", r.Records, r.Failed, err)
		}
	})
	t.Run("503 for a while", func(t *testing.T) {
		times := 0
		s.misbehave(func(r *http.Request) int {
			if isGet(r) {
				times++
			}
			if isGet(r) && times < 4 {
				return http.StatusServiceUnavailable
			}
			return 0
		}, nil)
		if r, err := load(); err != nil || len(r.Failed) > 0 || r.Records != 401 {
			t.Errorf("%d records, failed %v, %v", r.Records, r.Failed, err)
		}
	})
	t.Run("half an object, twice", func(t *testing.T) {
		times := 0
		s.misbehave(nil, func(r *http.Request, length int64) int64 {
			if isGet(r) {
				times++
			}
			if isGet(r) && times < 3 {
				return length / 2
			}
			return -1
		})
		if r, err := load(); err != nil || len(r.Failed) > 0 || r.Records != 401 {
			t.Errorf("%d records, failed %v, %v", r.Records, r.Failed, err)
		}
		if s.asked("1.ndjson bytes=") == 0 {
			t.Errorf("it did not go on from where it broke off: %q", s.seen)
		}
	})
}

// A run that could not get all of an object keeps what it got; the next goes on.
func TestStoreHeals(t *testing.T) {
	s := newStore(t, "heals")
	s.put("in/1.ndjson", storedCalls(0, 400))
	s.put("in/2.ndjson", storedCalls(400, 1))
	path := filepath.Join(t.TempDir(), "x.duckdb")
	tally := mustOpen(t, path, s.option())
	s.misbehave(nil, func(r *http.Request, length int64) int64 {
		if strings.HasSuffix(r.URL.Path, "1.ndjson") {
			return min(length, 1000)
		}
		return -1
	})
	r, err := tally.Load(t.Context(), "s3://heals/in")
	if err != nil || r.Records != 1 || len(r.Failed) != 1 || !strings.Contains(r.Failed[0].Error(), "run again, it goes on from there") {
		t.Fatalf("%d records, failed %v, %v", r.Records, r.Failed, err)
	}
	if err := tally.Close(); err != nil {
		t.Fatal(err)
	}
	s.misbehave(nil, nil)
	tally = mustOpen(t, path, s.option())
	if r := mustLoad(t, tally, "s3://heals/in"); r.Records != 400 || r.KnownObjects != 1 {
		t.Errorf("%d records, %d known", r.Records, r.KnownObjects)
	}
	if s.asked("1.ndjson bytes=5000-") != 1 {
		t.Errorf("it went on from elsewhere: %q", s.seen)
	}
	if strings.Contains(fmt.Sprint(r.Failed), storeSecret) {
		t.Error("the secret is in a message")
	}
}

func TestNoStore(t *testing.T) {
	tally := mustOpen(t, "")
	if _, err := tally.Load(t.Context(), "s3://b/p"); err == nil || !strings.Contains(err.Error(), "no object store; set endpoint under s3") {
		t.Error(err)
	}
	s := newStore(t, "nobody")
	tally = mustOpen(t, "", s.option())
	for path, want := range map[string]string{
		"s3://":                 "no bucket; write s3://bucket/prefix",
		"s3://nobody/x":         "no files found; check bucket and prefix",
		"s3://not-there-at-all": "no such bucket",
	} {
		if _, err := tally.Load(t.Context(), path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// The bill may lie in a bucket of its own.
func TestBillFromStore(t *testing.T) {
	s := newStore(t, "bills")
	dir := "testdata/bill_agrees"
	for _, file := range glob(t, filepath.Join(dir, "bill"), "*") {
		s.put("october/"+filepath.Base(file), string(bytes.Clone(mustRead(t, file))))
	}
	tally := mustOpen(t, filepath.Join(t.TempDir(), "x.duckdb"), s.option())
	mustLoad(t, tally, filepath.Join(dir, "in"))
	bills, err := tally.LoadBill(t.Context(), "s3://bills/october")
	if err != nil || len(bills) == 0 {
		t.Fatal(bills, err)
	}
	mustBuild(t, tally)
	if got := sumColumn(t, export(t, tally, "reconciliation", october), "bill_cny"); got == 0 {
		t.Error("the bill is not in the reconciliation")
	}
	if bills, err := tally.LoadBill(t.Context(), "s3://bills/october"); err != nil || len(bills) > 0 {
		t.Errorf("read again: %v, %v", bills, err)
	}
}

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }
