package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/xtally/xtally"
)

// metrics are what a monitor asks of xtally: how jobs went, and what the months and
// alerts are like. They hold no number of a person and no app key.
type metrics struct {
	registry *prometheus.Registry
	runs     *prometheus.CounterVec
	lastRun  *prometheus.GaugeVec
	took     *prometheus.GaugeVec
	isGood   *prometheus.GaugeVec
	month    *prometheus.GaugeVec
	diff     *prometheus.GaugeVec
	holes    *prometheus.GaugeVec
	alerts   *prometheus.GaugeVec
	database prometheus.Gauge
	disk     prometheus.Gauge
	mails    prometheus.Gauge

	mu   sync.Mutex
	said map[string]string // last words on each job, for /healthz
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), said: map[string]string{}}
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "xtally", Name: name, Help: help})
		m.registry.MustRegister(g)
		return g
	}
	gauges := func(name, help string, labels ...string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "xtally", Name: name, Help: help}, labels)
		m.registry.MustRegister(g)
		return g
	}
	m.runs = prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "xtally", Name: "runs_total", Help: "Runs of a job since the process began, by how they ended."}, []string{"job", "status"})
	m.registry.MustRegister(m.runs)
	m.lastRun = gauges("last_run_timestamp_seconds", "When the last run of a job ended.", "job")
	m.took = gauges("last_run_duration_seconds", "How long the last run of a job took.", "job")
	m.isGood = gauges("last_run_success", "1 if the last run of a job went well, else 0.", "job")
	m.month = gauges("month_total_cny", "What a month costs, with rent, without the price of packages.", "month")
	m.diff = gauges("month_unexplained_cny", "What the vendor's bill of a month has without a reason.", "month")
	m.holes = gauges("month_hole_hours", "Hours of a month without records.", "month")
	m.alerts = gauges("alerts_open", "Open alerts by rule.", "rule")
	m.database = gauge("database_bytes", "Size of the database.")
	m.disk = gauge("disk_free_bytes", "Free space where the database lies.")
	m.mails = gauge("mails_waiting", "Mails in the outbox.")
	return m
}

// statusOf says in a word how a run ended.
func statusOf(err error) string {
	switch exitCode(err) {
	case exitDone:
		return "done"
	case exitCheckFailed:
		return "check_failed"
	case exitBillDiffers:
		return "bill_differs"
	}
	return "failed"
}

// noteRun counts a run of a job that ended now.
func (m *metrics) noteRun(job string, started, now time.Time, err error) {
	status := statusOf(err)
	m.runs.WithLabelValues(job, status).Inc()
	m.lastRun.WithLabelValues(job).Set(float64(now.Unix()))
	m.took.WithLabelValues(job).Set(now.Sub(started).Seconds())
	good := 0.0
	if err == nil {
		good = 1
	}
	m.isGood.WithLabelValues(job).Set(good)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.said[job] = fmt.Sprintf("%s: %s at %s", job, status, now.UTC().Format(time.RFC3339))
}

// read takes the figures from the database while it is open.
func (m *metrics) read(ctx context.Context, t *xtally.Tally) error {
	u, err := t.Upkeep(ctx)
	if err != nil {
		return err
	}
	m.database.Set(float64(u.DatabaseBytes))
	m.disk.Set(float64(u.DiskFreeBytes))
	m.mails.Set(float64(u.MailsWaiting))
	s, err := t.Status(ctx)
	if err != nil {
		return err
	}
	m.month.Reset()
	m.diff.Reset()
	m.holes.Reset()
	m.alerts.Reset()
	for _, month := range s.Months {
		set(m.month.WithLabelValues(month.Month), month.TotalCNY)
		set(m.diff.WithLabelValues(month.Month), month.UnexplainedCNY)
		first, err := xtally.ParseMonth(month.Month, time.Now())
		if err != nil {
			return err
		}
		c, err := t.Coverage(ctx, first)
		if err != nil {
			return err
		}
		m.holes.WithLabelValues(month.Month).Set(float64(c.HoleHours))
	}
	if len(s.Months) == 0 {
		return nil
	}
	first, err := xtally.ParseMonth(s.Months[0].Month, time.Now())
	if err != nil {
		return err
	}
	alerts, err := t.Alerts(ctx, first)
	if err != nil {
		return err
	}
	for _, a := range alerts {
		m.alerts.WithLabelValues(a.Rule).Inc()
	}
	return nil
}

// set shows a decimal; what a monitor draws need not be exact.
func set(g prometheus.Gauge, decimal string) {
	if v, err := strconv.ParseFloat(decimal, 64); err == nil {
		g.Set(v)
	}
}

// handler answers /metrics, and /healthz as long as the process lives.
func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		m.mu.Lock()
		defer m.mu.Unlock()
		fmt.Fprintln(w, "ok")
		for _, job := range slices.Sorted(maps.Keys(m.said)) {
			fmt.Fprintln(w, m.said[job])
		}
	})
	return mux
}

// listen answers on an address until the context ends.
func (m *metrics) listen(ctx context.Context, address string) (net.Addr, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w; another process has it, or give another --listen, or an empty one for none", err)
	}
	server := &http.Server{Handler: m.handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // the listener was ours alone
		}
	}()
	return listener.Addr(), nil
}

// textfile writes the metrics of a single run for the node exporter to collect.
func (a *app) textfile(ctx context.Context, t *xtally.Tally, started time.Time, runErr error) error {
	if a.settings.MetricsFile == "" {
		return nil
	}
	m := newMetrics()
	m.noteRun("run", started, time.Now(), runErr)
	if err := m.read(ctx, t); err != nil {
		return err
	}
	if err := prometheus.WriteToTextfile(a.settings.MetricsFile, m.registry); err != nil {
		return fmt.Errorf("metrics file: %w", err)
	}
	return nil
}
