package temporalx_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.temporal.io/sdk/worker"
	"go.uber.org/zap"

	"arshjul/internal/temporalx"
)

// A request is one trace from the door to the journal, and nothing else is traced: no run, no replay, no passing time.
func TestTracing(t *testing.T) {
	seen := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(seen))
	option, err := temporalx.Tracing(provider.Tracer("test"))
	if err != nil {
		t.Fatal(err)
	}
	dial(t) // the namespace is set up
	c, err := temporalx.Dial(t.Context(), shared.address, shared.namespace, zap.NewNop(), option)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	var journal atomic.Value
	journal.Store("well")
	stream, _ := workOn(t, c, &journal)
	named := func(name string) (found []sdktrace.ReadOnlySpan) {
		for _, s := range seen.Ended() {
			if s.Name() == name {
				found = append(found, s)
			}
		}
		return found
	}
	request := func(id string, times int) {
		t.Helper()
		ctx, span := provider.Tracer("test").Start(context.WithoutCancel(t.Context()), "request "+id)
		if _, err := temporalx.Send(ctx, c, stream, comment(id)); err != nil {
			t.Fatal(err)
		}
		span.End()
		// Each step is the child of the one before, in the request's trace.
		parent := span.SpanContext()
		for _, name := range []string{"UpdateWorkflow:command", "HandleUpdate:command", "RunActivity:journal"} {
			var s sdktrace.ReadOnlySpan
			until(t, name+" of "+id, func() bool {
				i := slices.IndexFunc(named(name), func(s sdktrace.ReadOnlySpan) bool { return s.Parent().SpanID() == parent.SpanID() })
				if i >= 0 {
					s = named(name)[i]
				}
				return i >= 0
			})
			if s.SpanContext().TraceID() != parent.TraceID() || !slices.Contains(s.Attributes(), attribute.String("temporalWorkflowID", stream)) {
				t.Errorf("%s: %v, not in the trace of the request", name, s.Attributes())
			}
			parent = s.SpanContext()
		}
		if n := len(named("HandleUpdate:command")); n != times {
			t.Errorf("%d commands were handled, not %d", n, times)
		}
	}
	// The launch is asked for again once the workflow runs, as every command is. Its batch is its own, and is waited for:
	// else c1 might be journalled with it, in its trace.
	until(t, "the launch is journalled in its own trace", func() bool {
		for _, handled := range named("HandleUpdate:command") {
			for _, written := range named("RunActivity:journal") {
				if written.Parent().SpanID() == handled.SpanContext().SpanID() {
					return true
				}
			}
		}
		return false
	})
	begun := len(named("HandleUpdate:command"))
	request("c1", begun+1)
	worker.PurgeStickyWorkflowCache() // the next task replays the run
	request("c2", begun+2)
	for _, s := range seen.Ended() {
		for _, never := range []string{"RunWorkflow", "StartActivity", "HandleSignal", "ValidateUpdate"} {
			if strings.HasPrefix(s.Name(), never) {
				t.Errorf("%s is traced", s.Name())
			}
		}
	}
}
