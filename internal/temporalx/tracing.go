package temporalx

import (
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"arshjul/workflows"
)

// Tracing makes a client, and the workers that use it, trace requests: the call to Temporal, the workflow's handling of
// the command, and the journal's transaction. It never traces a workflow: a trace of 31 months tells nobody anything.
//
// Commands that are answered together are journalled together; that transaction stands in the trace of the first of them.
func Tracing(t trace.Tracer) (func(*client.Options), error) {
	options := opentelemetry.TracerOptions{Tracer: t, DisableSignalTracing: true, DisableQueryTracing: true, DisableBaggage: true,
		AllowInvalidParentSpans: true, HeaderKey: traceHeader}
	tracer, err := opentelemetry.NewTracer(options)
	if err != nil {
		return nil, err
	}
	// Earlier interceptors wrap later ones.
	return func(o *client.Options) {
		o.Interceptors = append(o.Interceptors, &tracing{interceptor.NewTracingInterceptor(tracer), tracer})
	}, nil
}

// traceHeader is where a command and an activity carry the trace that they belong to. It is not compared on replay.
const traceHeader = "_tracer-data"

// tracing is the SDK's, except in workflows. There the SDK's would make every run a span, begin it anew at each replay,
// and have each activity be the run's doing, not the command's.
type tracing struct {
	interceptor.Interceptor
	tracer interceptor.Tracer
}

func (t *tracing) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &tracedRun{WorkflowInboundInterceptorBase: interceptor.WorkflowInboundInterceptorBase{Next: next}, tracer: t.tracer}
}

type tracedRun struct {
	interceptor.WorkflowInboundInterceptorBase
	tracer interceptor.Tracer
	first  interceptor.TracerSpan // of the commands answered since the last batch; nil = none, or none traced
}

func (r *tracedRun) Init(next interceptor.WorkflowOutboundInterceptor) error {
	return r.Next.Init(&tracedCalls{interceptor.WorkflowOutboundInterceptorBase{Next: next}, r})
}

func (r *tracedRun) ExecuteUpdate(ctx workflow.Context, in *interceptor.UpdateInput) (any, error) {
	parent := r.parent(ctx)
	if parent == nil || workflow.IsReplaying(ctx) {
		return r.Next.ExecuteUpdate(ctx, in)
	}
	info := workflow.GetInfo(ctx)
	// A span tells when the worker worked. It gives no command, and on replay there is none.
	began := time.Now() //workflowcheck:ignore
	span, err := r.tracer.StartSpan(&interceptor.TracerStartSpanOptions{Operation: "HandleUpdate", Name: in.Name, Parent: parent, Time: began,
		Tags: map[string]string{"temporalWorkflowID": info.WorkflowExecution.ID, "temporalRunID": info.WorkflowExecution.RunID,
			"temporalUpdateID": workflow.GetCurrentUpdateInfo(ctx).ID}})
	if err != nil {
		workflow.GetLogger(ctx).Warn("a command is not traced", "error", err)
		return r.Next.ExecuteUpdate(ctx, in)
	}
	answer, err := r.Next.ExecuteUpdate(ctx, in)
	span.Finish(&interceptor.TracerFinishSpanOptions{Error: err})
	if r.first == nil {
		r.first = span
	}
	return answer, err
}

// parent reads the trace that a command belongs to; nil when it is not traced.
func (r *tracedRun) parent(ctx workflow.Context) interceptor.TracerSpanRef {
	payload := interceptor.WorkflowHeader(ctx)[traceHeader]
	var data map[string]string
	if payload == nil || converter.GetDefaultDataConverter().FromPayload(payload, &data) != nil {
		return nil
	}
	parent, err := r.tracer.UnmarshalSpan(data)
	if err != nil {
		return nil
	}
	return parent
}

// tracedCalls are what a run asks for.
type tracedCalls struct {
	interceptor.WorkflowOutboundInterceptorBase
	run *tracedRun
}

func (c *tracedCalls) ExecuteActivity(ctx workflow.Context, activityType string, args ...any) workflow.Future {
	if activityType == workflows.ActivityJournal && c.run.first != nil {
		c.pass(ctx, c.run.first)
		c.run.first = nil
	}
	return c.Next.ExecuteActivity(ctx, activityType, args...)
}

// pass hands the trace on to an activity.
func (c *tracedCalls) pass(ctx workflow.Context, span interceptor.TracerSpan) {
	data, err := c.run.tracer.MarshalSpan(span)
	if err == nil {
		interceptor.WorkflowHeader(ctx)[traceHeader], err = converter.GetDefaultDataConverter().ToPayload(data)
	}
	if err != nil {
		workflow.GetLogger(ctx).Warn("a batch is not traced", "error", err)
	}
}
