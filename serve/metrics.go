package serve

import (
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wuku/serve/access"
)

// metrics are the counts of the answers. Labels hold patterns, codes and roles, never what a caller sent.
type metrics struct {
	answers   *prometheus.HistogramVec
	decisions *prometheus.CounterVec
	unaudited prometheus.Counter
	budgets   *prometheus.CounterVec
	alarms    *prometheus.CounterVec
	recalls   prometheus.Counter
	saved     prometheus.Counter
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		answers: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "wuku_http_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .002, .004, .008, .012, .02, .05, .1, .3, 1, 5}}, []string{"path", "status"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wuku_decisions_total", Help: "Answers on the audit log."}, []string{"operation", "decision"}),
		unaudited: prometheus.NewCounter(prometheus.CounterOpts{Name: "wuku_audit_failures_total", Help: "Answers withheld because the audit log could not be written."}),
	}
	m.budgets = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wuku_budget_refusals_total", Help: "Calls that a grant's budget stopped."}, []string{"code"})
	m.alarms = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wuku_enumeration_alarms_total", Help: "Grants that were slowed or locked because they look for people."}, []string{"kind"})
	m.recalls = prometheus.NewCounter(prometheus.CounterOpts{Name: "wuku_recalls_total", Help: "Answers whose values were corrected afterwards."})
	m.saved = prometheus.NewCounter(prometheus.CounterOpts{Name: "wuku_materials_saved_total", Help: "Certificates and records that nobody had to bring."})
	for _, kind := range []string{"slow", "lock"} { // a rate needs a zero to start from
		m.alarms.WithLabelValues(kind)
	}
	registry.MustRegister(m.answers, m.decisions, m.unaudited, m.budgets, m.alarms, m.recalls, m.saved)
	return m
}

func (m *metrics) answered(pattern string, status int, took time.Duration) {
	_, path, found := strings.Cut(pattern, " ")
	if !found {
		path = pattern
	}
	m.answers.WithLabelValues(path, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) refused(code string) { m.budgets.WithLabelValues(code).Inc() }

func (m *metrics) alarm(kind string) { m.alarms.WithLabelValues(kind).Inc() }

func (m *metrics) decided(op access.Operation, decision string) {
	m.decisions.WithLabelValues(string(op), decision).Inc()
}
