package serve

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// meters are the metrics at /metrics, in Prometheus's format.
type meters struct {
	set     *metrics.Set
	streams *metrics.Counter
	flying  *metrics.Counter
}

// newMeters creates the metrics of a server.
func newMeters(s *Server) *meters {
	set := metrics.NewSet()
	m := &meters{set: set, streams: set.NewCounter("easel_event_streams"), flying: set.NewCounter("easel_requests_in_flight")}
	set.NewGauge("easel_memory_reserved_bytes", func() float64 { return float64(s.memory.reserved()) })
	set.NewGauge("easel_memory_budget_bytes", func() float64 { return float64(s.memory.total) })
	set.NewGauge("easel_pictures_waiting", func() float64 { return float64(s.line.length()) })
	set.NewGauge("easel_models", func() float64 { return float64(len(s.models.all())) })
	set.NewGauge(`easel_model_cache_bytes{of="networks"}`, func() float64 { networks, _ := s.models.cached(); return float64(networks) })
	set.NewGauge(`easel_model_cache_bytes{of="weights"}`, func() float64 { _, weights := s.models.cached(); return float64(weights) })
	set.NewGauge("easel_draining", func() float64 {
		if s.draining.Load() {
			return 1
		}
		return 0
	})
	return m
}

// request counts a request that has ended.
func (m *meters) request(method, route string, status int, took time.Duration) {
	m.set.GetOrCreateCounter(fmt.Sprintf(`easel_requests_total{method=%q,route=%q,status="%d"}`, method, route, status)).Inc()
	m.set.GetOrCreateHistogram(fmt.Sprintf(`easel_request_seconds{route=%q}`, route)).Update(took.Seconds())
}

func (s *Server) showMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	s.metrics.set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w)
	if s.queue == nil {
		return
	}
	workers := map[string]int{}
	for _, m := range s.queue.Crew() {
		workers[fmt.Sprintf("easel_workers{state=%q}", m.State)]++
	}
	for name, n := range workers {
		metrics.WriteGaugeUint64(w, name, uint64(n))
	}
	states, attempts, times := map[string]int{}, 0, map[string]float64{}
	for _, j := range s.queue.List() {
		states[fmt.Sprintf("easel_jobs{kind=%q,state=%q}", j.Kind, j.State)]++
		attempts += j.Attempt
		if !j.Started.IsZero() { // time of its last attempt
			times[fmt.Sprintf("easel_job_wait_seconds{kind=%q}", j.Kind)] += j.Started.Sub(j.Created).Seconds()
		}
		if !j.Started.IsZero() && j.State.Ended() {
			times[fmt.Sprintf("easel_job_run_seconds{kind=%q}", j.Kind)] += cmp.Or(j.Seconds, j.Ended.Sub(j.Started).Seconds())
		}
	}
	for name, seconds := range times {
		metrics.WriteGaugeFloat64(w, name, seconds)
	}
	for name, n := range states {
		metrics.WriteGaugeUint64(w, name, uint64(n))
	}
	metrics.WriteCounterUint64(w, "easel_job_attempts_total", uint64(attempts))
}
