package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"wuku/entity"
	"wuku/resolve"
)

// meters are what the owners of libraries count. 指标
type meters struct {
	cycles   *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	messages *prometheus.CounterVec
	events   *prometheus.CounterVec
	finished *prometheus.GaugeVec
	late     *prometheus.GaugeVec
	looked   map[string]*atomic.Int64 // library -> when its owner last ended a cycle or found nothing to do, Unix seconds
}

func newMeters() *meters {
	label := []string{"library"}
	m := &meters{
		cycles: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wuku_resolve_cycles_total", Help: "Finished cycles."}, label),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "wuku_resolve_cycle_seconds", Help: "Time of a finished cycle.",
			Buckets: []float64{.1, .3, 1, 3, 10, 30, 100, 300, 1000, 3000}}, label),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wuku_resolve_messages_total", Help: "Messages that finished cycles took from the ledger."}, label),
		events:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wuku_resolve_events_total", Help: "Changes that finished cycles numbered."}, label),
		finished: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "wuku_resolve_finished_timestamp_seconds", Help: "When this process last finished a cycle; 0: not since it started."}, label),
		late:     prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "wuku_feed_late", Help: "1: nothing has come of the feed for longer than its declared update cycle."}, []string{"feed"}),
		looked:   map[string]*atomic.Int64{},
	}
	for _, l := range entity.Libraries {
		m.looked[l] = &atomic.Int64{}
	}
	return m
}

// watch begins to count a library.
func (m *meters) watch(library string) func(resolve.Result) {
	m.cycles.WithLabelValues(library)
	m.seconds.WithLabelValues(library)
	m.messages.WithLabelValues(library)
	m.events.WithLabelValues(library)
	m.finished.WithLabelValues(library)
	looked := m.looked[library]
	looked.Store(time.Now().Unix())
	return func(r resolve.Result) {
		looked.Store(time.Now().Unix())
		if r.Cycle == 0 {
			return
		}
		m.cycles.WithLabelValues(library).Inc()
		m.seconds.WithLabelValues(library).Observe(r.Took.Seconds())
		m.messages.WithLabelValues(library).Add(float64(r.Messages))
		m.events.WithLabelValues(library).Add(float64(r.Events))
		m.finished.WithLabelValues(library).SetToCurrentTime()
	}
}

// metrics are what this process counts, beside what serve does.
func (s *services) metrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &gauges{s})
	m := s.meters
	r.MustRegister(m.cycles, m.seconds, m.messages, m.events, m.finished, m.late)
	for _, f := range s.in.current.Load().catalog.Feeds {
		m.late.WithLabelValues(f.Name)
	}
	if s.consumer != nil {
		s.countIngest(r)
	}
	return r
}

func (s *services) countIngest(r *prometheus.Registry) {
	stats := s.consumer.Stats()
	for _, c := range []struct {
		name, help string
		value      func() int64
	}{
		{"wuku_ingest_fetched_bytes_total", "bytes of record batches fetched, as they come", stats.Fetched.Load},
		{"wuku_ingest_mapped_total", "messages mapped, some of them again after a failure", stats.Mapped.Load},
		{"wuku_ingest_records_total", "messages stored", stats.Records.Load},
		{"wuku_ingest_rows_total", "rows stored, in all tables", stats.Rows.Load},
		{"wuku_ingest_quarantined_total", "messages put in quarantine", stats.Quarantined.Load},
		{"wuku_ingest_writes_total", "batches stored", stats.Writes.Load},
		{"wuku_ingest_commits_total", "offset commits to the consumer group", stats.Commits.Load},
		{"wuku_ingest_generations_total", "how often partitions were assigned", stats.Generations.Load},
		{"wuku_ingest_incidents_total", "incidents reported", stats.Incidents.Load},
		{"wuku_ingest_fetch_errors_total", "fetches that failed and were tried again", stats.FetchErrors.Load},
		{"wuku_ingest_write_errors_total", "writes that failed and were tried again", stats.WriteErrors.Load},
		{"wuku_ingest_commit_errors_total", "commits that failed", stats.CommitErrors.Load},
		{"wuku_ingest_group_errors_total", "failures of the consumer group's coordinator", stats.GroupErrors.Load},
		{"wuku_ingest_corrupt_total", "answers of brokers with broken batches", stats.Corrupt.Load},
		{"wuku_ingest_crashes_total", "messages that crashed their mapping", stats.Crashes.Load},
		{"wuku_ingest_stalls_total", "times that nothing arrived although there was something to read", stats.Stalls.Load},
		{"wuku_ingest_schema_waits_total", "failed looks for an Avro schema", stats.Waits.Load},
	} {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: c.name, Help: c.help}, func() float64 { return float64(c.value()) }))
	}
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "wuku_ingest_write_seconds_total", Help: "time that writes took together"},
		func() float64 { return stats.WriteTime().Seconds() }))
}

// gauges are read when somebody asks.
type gauges struct{ s *services }

var (
	behindDesc   = prometheus.NewDesc("wuku_ingest_behind_messages", "Messages published and not stored yet.", nil, nil)
	feedDesc     = prometheus.NewDesc("wuku_feed_behind_messages", "Messages of a feed published and not stored yet, of partitions that this process reads.", []string{"feed"}, nil)
	catchUpDesc  = prometheus.NewDesc("wuku_ingest_catch_up_seconds", "Time until nothing is behind at the rate of the last seconds; +Inf: something is behind and nothing moves.", nil, nil)
	stoppedDesc  = prometheus.NewDesc("wuku_ingest_stopped_partitions", "Partitions that stand still until somebody acts; wuku_ingest_incidents_total and quality.incident say why.", nil, nil)
	settledDesc  = prometheus.NewDesc("wuku_resolve_settled", "1: the last look found nothing left to do.", []string{"library"}, nil)
	standbyDesc  = prometheus.NewDesc("wuku_resolve_standby", "1: another process owns the library.", []string{"library"}, nil)
	progressDesc = prometheus.NewDesc("wuku_no_progress", "1: there is work and none was done for a minute (ingest) or fifteen (a library).", []string{"stage"}, nil)
	revisionDesc = prometheus.NewDesc("wuku_catalogue_revision", "Revision of the catalogue in force.", nil, nil)
	restartsDesc = prometheus.NewDesc("wuku_engine_restarts_total", "How often the embedded engine had to be started again.", nil, nil)
	freeDesc     = prometheus.NewDesc("wuku_disk_free_ratio", "Free share of the data directory's disk, 0 to 1.", nil, nil)
)

// Describe implements prometheus.Collector.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{behindDesc, feedDesc, catchUpDesc, stoppedDesc, settledDesc, standbyDesc, progressDesc, revisionDesc, restartsDesc, freeDesc} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	s := g.s
	gauge(revisionDesc, float64(s.in.current.Load().revision))
	var disk unix.Statfs_t
	if err := unix.Statfs(s.in.data, &disk); err == nil && disk.Blocks > 0 {
		gauge(freeDesc, float64(disk.Bavail)/float64(disk.Blocks))
	}
	if s.in.engine != nil {
		out <- prometheus.MustNewConstMetric(restartsDesc, prometheus.CounterValue, float64(s.in.engine.Restarts()))
	}
	for library, l := range s.loops {
		gauge(settledDesc, number(l.Settled()), library)
		gauge(standbyDesc, number(s.standby[library].Load()), library)
	}
	for stage, since := range s.progress.stages() {
		gauge(progressDesc, number(!since.IsZero()), stage)
	}
	if s.consumer != nil {
		g.behind(gauge)
	}
}

func (g *gauges) behind(gauge func(*prometheus.Desc, float64, ...string)) {
	feeds := map[string]int64{}
	var all int64
	var rate float64
	stopped := 0
	for _, l := range g.s.consumer.Lag() {
		feeds[l.Feed] += l.Behind
		all += l.Behind
		rate += l.Rate
		if l.State == "stopped" {
			stopped++
		}
	}
	gauge(behindDesc, float64(all))
	gauge(stoppedDesc, float64(stopped))
	switch {
	case all == 0:
		gauge(catchUpDesc, 0)
	default:
		gauge(catchUpDesc, float64(all)/rate) // +Inf when nothing moves
	}
	for feed, n := range feeds {
		if feed != "" { // the topic of retries is no feed's
			gauge(feedDesc, float64(n), feed)
		}
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// publishMetrics answers /metrics and /healthz of a process that serves nothing else; address "": it does not.
func (s *services) publishMetrics(ctx context.Context, group *errgroup.Group, address string) error {
	if address == "" {
		return nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("--metrics %s: %w", address, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics(), promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	say("metrics on http://%s/metrics", listener.Addr())
	return nil
}
