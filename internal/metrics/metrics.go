// Package metrics tells Prometheus what a relay has counted. It reads the counts
// when it is asked, and costs the traffic nothing.
package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wsprobe/internal/lint"
	"wsprobe/internal/relay"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// Source is what is told of.
type Source struct {
	Totals  *relay.Totals
	Log     *relay.Log
	Latency *relay.Latency
}

// Handler answers with the metrics of a source, and of this process.
func Handler(s Source) http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(s, collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("wsproxy_"+name, help, labels, nil)
}

var (
	opened     = desc("connections_opened_total", "Connections that were accepted and had a server to go to.")
	closed     = desc("connections_closed_total", "Connections that are gone.")
	open       = desc("connections_open", "Connections that there are.")
	websockets = desc("websockets_total", "Connections with an opening handshake that was accepted, by dialect.", "dialect")
	frames     = desc("frames_total", "Frames, by who sent them and by opcode.", "from", "opcode")
	bytes      = desc("bytes_total", "Bytes that were passed on, by who sent them.", "from")
	findings   = desc("findings_total", "How often each rule was broken.", "rule", "level")
	payloads   = desc("log_lost_payloads_total", "Payloads that were passed on and not recorded.")
	events     = desc("log_lost_events_total", "Frames and other events that were passed on and not recorded.")
	detached   = desc("inspections_detached_total", "Connections no longer looked into after a failure of ours.")
	latency    = desc("added_latency_seconds", "Time from reading bytes to having written them, of one read in 64.")
)

// Describe implements prometheus.Collector.
func (s Source) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{opened, closed, open, websockets, frames, bytes, findings, payloads, events, detached, latency} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (s Source) Collect(to chan<- prometheus.Metric) {
	counted := func(d *prometheus.Desc, n uint64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	t, lost := s.Totals, s.Log.Lost()
	gone := t.Closed.Load() // before those that were opened: there are never more
	began := t.Opened.Load()
	counted(opened, began)
	counted(closed, gone)
	to <- prometheus.MustNewConstMetric(open, prometheus.GaugeValue, float64(began-gone))
	counted(payloads, lost.Payloads)
	counted(events, lost.Events)
	counted(detached, t.Detached.Load())
	for _, d := range wire.Dialects() {
		counted(websockets, t.Dialects[d].Load(), d.String())
	}
	for id, n := range t.Findings() {
		rule, _ := rules.Get(id)
		counted(findings, n, string(id), string(rule.Level))
	}
	for _, side := range []lint.Side{lint.Client, lint.Server} {
		counted(bytes, t.Bytes[side].Load(), side.String())
		for op := range t.Frames[side] {
			if n := t.Frames[side][op].Load(); n > 0 || !wire.Opcode(op).Reserved() {
				counted(frames, n, side.String(), wire.Opcode(op).String())
			}
		}
	}
	to <- s.histogram()
}

func (s Source) histogram() prometheus.Metric {
	upTo, all, sum := s.Latency.Read()
	buckets := map[float64]uint64{}
	for i, bound := range relay.LatencyBounds {
		buckets[bound.Seconds()] = upTo[i]
	}
	return prometheus.MustNewConstHistogram(latency, all, sum.Seconds(), buckets)
}
