package temporalx

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"arshjul/activities"
	"arshjul/internal/store"
	"arshjul/workflows"
)

// Metrics counts what this process does for Temporal: Temporal's own metrics (temporal_…), the alarms that need somebody
// at once, and how far the journal is behind.
type Metrics struct {
	interceptor.InterceptorBase
	handler client.MetricsHandler

	alarms  *prometheus.CounterVec
	journal prometheus.Histogram
	behind  *behind
}

// The alarms that a worker counts. Each means that a stream goes no further until somebody has looked (deploy/runbook.md).
const (
	alarmDigest = "digest" // BlockDigest
	alarmNewer  = "newer"  // BlockNewer
	alarmPanic  = "panic"  // any other panic of workflow code
	// The journal contradicts a workflow, in one of store's ways.
	alarmGap     = "journal_" + string(store.ConflictGap)
	alarmDiffers = "journal_" + string(store.ConflictDiffers)
	alarmHead    = "journal_" + string(store.ConflictHead)
)

// seconds are the buckets of what takes milliseconds when all is well, and minutes when it is not.
var seconds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800}

// NewMetrics makes the metrics and registers them.
func NewMetrics(to prometheus.Registerer) (*Metrics, error) {
	exporter, err := otelprom.New(otelprom.WithRegisterer(to), otelprom.WithoutScopeInfo(), otelprom.WithoutTargetInfo())
	if err != nil {
		return nil, fmt.Errorf("metrics of Temporal's SDK: %w", err)
	}
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter), sdkmetric.WithView(sdkmetric.NewView(
		sdkmetric.Instrument{Kind: sdkmetric.InstrumentKindHistogram},
		sdkmetric.Stream{Aggregation: sdkmetric.AggregationExplicitBucketHistogram{Boundaries: seconds}})))
	var meter metric.Meter = provider.Meter("temporal-sdk-go")
	m := &Metrics{
		handler: opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{Meter: meter, UseMonotonicCounters: true}),
		alarms: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "arshjul_alarms_total",
			Help: "Streams that this worker could not go on with, each time it tried."}, []string{"alarm"}),
		journal: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "arshjul_journal_seconds", Buckets: seconds,
			Help: "From when a workflow asked for a batch to be journalled until it was, retries and waiting for a worker included."}),
		behind: newBehind(time.Now),
	}
	for _, alarm := range []string{alarmDigest, alarmNewer, alarmPanic, alarmGap, alarmDiffers, alarmHead} {
		m.alarms.WithLabelValues(alarm) // 0 until it rings
	}
	for _, c := range []prometheus.Collector{m.alarms, m.journal, m.behind} {
		if err := to.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// Option makes a client, and the workers that use it, count.
func (m *Metrics) Option() func(*client.Options) {
	return func(o *client.Options) {
		o.MetricsHandler = m.handler
		o.Interceptors = append(o.Interceptors, m)
	}
}

// InterceptWorkflow counts the panics of a workflow's run.
func (m *Metrics) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &countedRun{interceptor.WorkflowInboundInterceptorBase{Next: next}, m}
}

type countedRun struct {
	interceptor.WorkflowInboundInterceptorBase
	metrics *Metrics
}

func (r *countedRun) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	defer r.metrics.countPanic()
	return r.Next.ExecuteWorkflow(ctx, in)
}

func (r *countedRun) ExecuteUpdate(ctx workflow.Context, in *interceptor.UpdateInput) (any, error) {
	defer r.metrics.countPanic()
	return r.Next.ExecuteUpdate(ctx, in)
}

// countPanic counts a panic and lets it go on: it is what blocks the workflow task.
func (m *Metrics) countPanic() {
	p := recover()
	if p == nil {
		return
	}
	alarm := alarmPanic
	if block := workflows.BlockOf(fmt.Sprint(p)); block != "" {
		alarm = string(block)
	}
	m.alarms.WithLabelValues(alarm).Inc()
	panic(p)
}

// InterceptActivity watches the journal.
func (m *Metrics) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &countedActivity{interceptor.ActivityInboundInterceptorBase{Next: next}, m}
}

type countedActivity struct {
	interceptor.ActivityInboundInterceptorBase
	metrics *Metrics
}

func (a *countedActivity) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	result, err := a.Next.ExecuteActivity(ctx, in)
	info := activity.GetInfo(ctx)
	if info.ActivityType.Name != workflows.ActivityJournal || len(in.Args) != 1 {
		return result, err
	}
	batch, ok := in.Args[0].(activities.JournalBatch)
	if !ok {
		return result, err
	}
	if err == nil {
		a.metrics.behind.written(batch.Stream)
		a.metrics.journal.Observe(time.Since(info.ScheduledTime).Seconds())
		return result, nil
	}
	a.metrics.behind.failed(batch.Stream, info.ScheduledTime, len(batch.Events))
	if conflict := (*store.ConflictError)(nil); errors.As(err, &conflict) {
		a.metrics.alarms.WithLabelValues("journal_" + string(conflict.Conflict)).Inc()
	}
	return result, err
}

// behind knows the batches that this worker failed to have journalled, and which nobody has since, as far as it knows.
type behind struct {
	now            func() time.Time
	events, oldest *prometheus.Desc

	mu      sync.Mutex
	batches map[string]unwritten // by stream: a workflow has one batch under way
}

type unwritten struct {
	since  time.Time // when the workflow asked
	tried  time.Time // last, here
	events int
}

// forgotten is after how long without another try here a batch is another worker's, who may have written it.
const forgotten = time.Minute

func newBehind(now func() time.Time) *behind {
	return &behind{now: now, batches: map[string]unwritten{},
		events: prometheus.NewDesc("arshjul_journal_unwritten_events",
			"Events in batches that this worker could not have journalled. What was decided since waits in the workflow and is not counted.", nil, nil),
		oldest: prometheus.NewDesc("arshjul_journal_oldest_seconds", "How long the oldest of those batches has waited; 0 = none.", nil, nil)}
}

func (b *behind) failed(stream string, since time.Time, events int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.batches[stream] = unwritten{since, b.now(), events}
}

func (b *behind) written(stream string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.batches, stream)
}

// Describe names the two gauges.
func (b *behind) Describe(to chan<- *prometheus.Desc) {
	to <- b.events
	to <- b.oldest
}

// Collect gives the two gauges.
func (b *behind) Collect(to chan<- prometheus.Metric) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, events, oldest := b.now(), 0, time.Duration(0)
	for stream, u := range b.batches {
		if now.Sub(u.tried) > forgotten {
			delete(b.batches, stream)
			continue
		}
		events += u.events
		oldest = max(oldest, now.Sub(u.since))
	}
	to <- prometheus.MustNewConstMetric(b.events, prometheus.GaugeValue, float64(events))
	to <- prometheus.MustNewConstMetric(b.oldest, prometheus.GaugeValue, oldest.Seconds())
}
