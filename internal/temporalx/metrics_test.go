package temporalx_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/activities"
	"arshjul/domain"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// gathered is the sum of a metric over its labels; of a histogram, how many observations it has. label, when given, is
// NAME=VALUE.
func gathered(t *testing.T, from prometheus.Gatherer, name, label string) (sum float64, found bool) {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			has := label == ""
			for _, l := range m.GetLabel() {
				has = has || l.GetName()+"="+l.GetValue() == label
			}
			if has {
				found = true
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum, found
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		case <-tick.C:
		}
	}
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	m, err := temporalx.NewMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	dial(t) // the namespace is set up
	c, err := temporalx.Dial(t.Context(), shared.address, shared.namespace, zap.NewNop(), m.Option())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	var journal atomic.Value // how the journal behaves
	journal.Store("well")
	stream, kept := workOn(t, c, &journal)

	value := func(name, label string) float64 {
		v, found := gathered(t, registry, name, label)
		if !found {
			t.Fatalf("there is no metric %s{%s}", name, label)
		}
		return v
	}
	for _, alarm := range []string{"digest", "newer", "panic", "journal_gap", "journal_differs", "journal_head"} {
		if v := value("arshjul_alarms_total", "alarm="+alarm); v != 0 {
			t.Errorf("the alarm %s has rung %v times, and nothing has happened", alarm, v)
		}
	}
	// A turn may write more than one batch, and a poll may miss that there was only one.
	written := func() bool { return kept.Load() > 0 && value("arshjul_journal_seconds", "") == float64(kept.Load()) }
	until(t, "the launch is written, and each batch counted", written)

	journal.Store("contradicts")
	if _, err := temporalx.Send(t.Context(), c, stream, comment("c1")); err != nil {
		t.Fatal(err)
	}
	until(t, "a conflict is counted", func() bool { return value("arshjul_alarms_total", "alarm=journal_head") > 0 })
	if n, age := value("arshjul_journal_unwritten_events", ""), value("arshjul_journal_oldest_seconds", ""); n != 1 || age <= 0 {
		t.Errorf("%v events unwritten, the oldest for %v s", n, age)
	}
	before := kept.Load()
	journal.Store("well")
	until(t, "the batch is written and counted", func() bool { return kept.Load() > before && written() })
	if n, age := value("arshjul_journal_unwritten_events", ""), value("arshjul_journal_oldest_seconds", ""); n != 0 || age != 0 {
		t.Errorf("all is written, and %v events are not, the oldest for %v s", n, age)
	}

	journal.Store("lies")
	if _, err := temporalx.Send(t.Context(), c, stream, comment("c2")); err != nil {
		t.Fatal(err)
	}
	until(t, "the digest alarm rings", func() bool { return value("arshjul_alarms_total", "alarm=digest") > 0 })
	until(t, "Temporal's SDK counts the failed task", func() bool {
		v, _ := gathered(t, registry, "temporal_workflow_task_execution_failed_total", "")
		return v > 0
	})
	for _, alarm := range []string{"newer", "panic", "journal_gap", "journal_differs"} {
		if v := value("arshjul_alarms_total", "alarm="+alarm); v != 0 {
			t.Errorf("the alarm %s rang too, %v times", alarm, v)
		}
	}
}

// workOn runs a worker whose journal behaves well, contradicts, or lies about what the workflow expected, and starts a
// stream. kept counts the batches that the journal took, true or not.
func workOn(t *testing.T, c client.Client, journal *atomic.Value) (stream string, kept *atomic.Int64) {
	t.Helper()
	kept = new(atomic.Int64)
	w := temporalx.NewWorker(c)
	workflows.Register(w, workflows.Workflows{})
	w.RegisterActivityWithOptions(func(_ context.Context, b activities.JournalBatch) (activities.JournalResult, error) {
		switch journal.Load() {
		case "contradicts":
			return activities.JournalResult{}, &store.ConflictError{Conflict: store.ConflictHead, Stream: b.Stream}
		case "lies":
			b.Expect.Head = domain.Digest(strings.Repeat("0", 64))
		}
		kept.Add(1)
		return b.Expect, nil
	}, activity.RegisterOptions{Name: workflows.ActivityJournal})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	stream, first := launch(t, "start")
	if _, err := temporalx.Start(t.Context(), c, stream, first); err != nil {
		t.Fatal(err)
	}
	return stream, kept
}
