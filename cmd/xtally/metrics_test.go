package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xtally/xtally"
)

func TestMetrics(t *testing.T) {
	m := newMetrics()
	now := time.Date(2026, 11, 3, 3, 0, 9, 0, time.UTC)
	m.noteRun("nightly", now.Add(-9*time.Second), now, nil)
	m.noteRun("month", now, now, &xtally.BillDiffersError{})
	m.noteRun("month", now, now, errors.New("no disk"))
	server := httptest.NewServer(m.handler())
	defer server.Close()
	get := func(path string) (int, string) {
		r, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(b)
	}
	code, text := get("/metrics")
	for _, want := range []string{
		`xtally_last_run_success{job="nightly"} 1`, `xtally_last_run_success{job="month"} 0`,
		`xtally_last_run_duration_seconds{job="nightly"} 9`,
		`xtally_runs_total{job="month",status="bill_differs"} 1`, `xtally_runs_total{job="month",status="failed"} 1`,
	} {
		if code != http.StatusOK || !strings.Contains(text, want+"\n") {
			t.Errorf("%d, no %s in %s", code, want, text)
		}
	}
	if code, text := get("/healthz"); code != http.StatusOK || !strings.HasPrefix(text, "ok\n") || !strings.Contains(text, "nightly: done at 2026-11-03T03:00:09Z\n") {
		t.Errorf("%d %s", code, text)
	}
	if code, _ := get("/"); code != http.StatusNotFound {
		t.Errorf("/ answers %d", code)
	}
	if _, err := newMetrics().listen(t.Context(), strings.TrimPrefix(server.URL, "http://")); err == nil || !strings.Contains(err.Error(), "another process has it") {
		t.Error(err)
	}
}
