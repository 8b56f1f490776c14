package temporalx

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// A batch that another worker has taken over is not this one's to complain about.
func TestBehindForgets(t *testing.T) {
	now := time.Date(2027, 2, 1, 12, 0, 0, 0, time.UTC)
	b := newBehind(func() time.Time { return now })
	b.failed("cycle/1283/2028", now.Add(-30*time.Second), 3)
	b.failed("registry/1283", now.Add(-10*time.Second), 1)
	sum := func() (all float64) { // of both gauges
		metrics := make(chan prometheus.Metric, 2)
		b.Collect(metrics)
		for range 2 {
			var m dto.Metric
			if err := (<-metrics).Write(&m); err != nil {
				t.Fatal(err)
			}
			all += m.GetGauge().GetValue()
		}
		return all
	}
	if got := sum(); got != 4+30 {
		t.Errorf("4 events, the oldest for 30 s, adds up to %v", got)
	}
	now = now.Add(40 * time.Second)
	b.failed("registry/1283", now.Add(-50*time.Second), 1)
	if got := sum(); got != 4+70 {
		t.Errorf("40 s later: %v", got)
	}
	now = now.Add(30 * time.Second)
	if got := sum(); got != 1+80 {
		t.Errorf("the cycle's batch was not tried for 70 s: %v", got)
	}
	b.written("registry/1283")
	if got := sum(); got != 0 {
		t.Errorf("all is written: %v", got)
	}
}
